import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** Our build leaves the models' addresses alone (src/models.ts); the embedder's bundler must follow them. */
const showModels: Plugin = {
  name: 'show-models',
  renderChunk: (code) => ({ code: code.replaceAll('/* @vite-ignore */', ''), map: null }),
};

/** Kernels without their comments: these are for readers, and a third of the download. Lines keep their numbers. */
const stripComments: Plugin = {
  name: 'strip-wgsl-comments',
  enforce: 'pre',
  load(id) {
    if (!id.endsWith('.wgsl?raw')) return undefined;
    const code = readFileSync(id.replace('?raw', ''), 'utf8').replace(/ *\/\/.*$/gm, '');
    return `export default ${JSON.stringify(code)};`;
  },
};

/** The package: the library, and the command beside it. The page has a configuration of its own, in demo/. */
export default defineConfig({
  plugins: [showModels, stripComments],
  build: {
    target: 'es2022',
    outDir: 'dist',
    minify: 'esbuild',
    sourcemap: true,
    lib: { entry: { mien: 'src/index.ts', 'mien-cli': 'src/cli/bin.ts' }, formats: ['es'] },
    rollupOptions: {
      external: [/^node:/, 'pbf', 'webgpu', 'jpeg-js', 'pngjs'],
      output: { chunkFileNames: '[name].js' },
    },
  },
});
