/** What turns the library's build into the folder that is published: its models, its types, one file for all. */

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateDtsBundle } from 'dts-bundle-generator';
import { build } from 'esbuild';
import type { Plugin } from 'vite';

const root = new URL('..', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root));

/** The addresses of models in the sources (src/models.ts), which Vite was told not to follow. */
const MODEL = /\/\* @vite-ignore \*\/\s*["']\.\.\/(weights\/[^"']+)["']/g;

/** Puts the models into `weights/` beside the code, and their addresses there into the code. */
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

/** Writes `mien.min.js` from `mien.js`: minified, and pbf inside with its licence. */
export const withOneFile: Plugin = {
  name: 'with-one-file',
  async writeBundle({ dir }) {
    const licence = `Mien is under the MIT licence. It contains pbf:\n\n${read('node_modules/pbf/LICENSE')}`;
    await build({
      entryPoints: [`${dir}/mien.js`],
      outfile: `${dir}/mien.min.js`,
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      banner: { js: `/*!\n${licence.trim()}\n*/` },
    });
  },
};

/** Writes all types of the API as one file, `mien.d.ts`. */
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
    // The API takes and gives WebGPU's own objects: whoever compiles against it needs their types.
    const source = `/// <reference types="@webgpu/types" />\n${types}`;
    this.emitFile({ type: 'asset', fileName: 'mien.d.ts', source });
  },
};
