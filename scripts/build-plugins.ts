/** Plugins that add the models, the types and the single-file version to the published folder. */

import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateDtsBundle } from 'dts-bundle-generator';
import { rollup } from 'rollup';
import { minify } from 'terser';
import type { Plugin } from 'vite';

const root = new URL('..', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root));

/** The addresses of models in src/models.ts, which the comment excludes from Vite's processing. */
const MODEL = /\/\* @vite-ignore \*\/\s*["']\.\.\/(weights\/[^"']+)["']/g;

/** Copies the models to `weights/` beside the code, and replaces their addresses in the code. */
export const withModels: Plugin = {
  name: 'with-models',
  renderChunk(code) {
    const moved = code.replace(MODEL, (_, path: string) => {
      const fileName = `weights/${basename(path)}`;
      this.emitFile({ type: 'asset', fileName, source: read(path) });
      return `'./${fileName}'`;
    });
    return { code: moved, map: null };
  },
};

const findPbf: Plugin = {
  name: 'find-pbf',
  resolveId: (id) => (id === 'pbf' ? fileURLToPath(new URL('node_modules/pbf/index.js', root)) : undefined),
};

/** Creates `mien.min.js` from `mien.js`: minified, in one file, with pbf and its licence included. */
export const withOneFile: Plugin = {
  name: 'with-one-file',
  async writeBundle({ dir }) {
    const licence = `Mien is under the MIT licence. It contains pbf:\n\n${read('node_modules/pbf/LICENSE')}`;
    // Rollup, unlike esbuild, joins what is loaded on demand without a wrapper for each module.
    const bundle = await rollup({ input: `${dir}/mien.js`, plugins: [findPbf] });
    const { output } = await bundle.generate({ format: 'es', inlineDynamicImports: true });
    await bundle.close();
    // terser's code is 4 % smaller than esbuild's after gzip.
    const { code } = await minify(output[0].code, { module: true, ecma: 2020, compress: { passes: 3 } });
    writeFileSync(`${dir}/mien.min.js`, `/*!\n${licence.trim()}\n*/\n${code}\n`);
  },
};

/** Writes all types of the API to one file, `mien.d.ts`. */
export const withTypes: Plugin = {
  name: 'with-types',
  generateBundle() {
    const [types] = generateDtsBundle(
      [
        {
          filePath: fileURLToPath(new URL('src/index.ts', root)),
          output: { noBanner: true, exportReferencedTypes: false },
        },
      ],
      { preferredConfigPath: fileURLToPath(new URL('tsconfig.json', root)) },
    );
    // The API has WebGPU objects as arguments and results, so users of the types also need WebGPU's types.
    const source = `/// <reference types="@webgpu/types" />\n${types}`;
    this.emitFile({ type: 'asset', fileName: 'mien.d.ts', source });
  },
};
