import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** Removes the comments from kernels, which are a third of the download. The line numbers do not change. */
export const stripWgslComments: Plugin = {
  name: 'strip-wgsl-comments',
  enforce: 'pre',
  load(id) {
    if (!id.endsWith('.wgsl?raw')) return undefined;
    const code = readFileSync(id.replace('?raw', ''), 'utf8').replace(/ *\/\/.*$/gm, '');
    return `export default ${JSON.stringify(code)};`;
  },
};
