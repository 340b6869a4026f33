import { defineConfig, type Plugin } from 'vite';
import { stripWgslComments } from './scripts/strip-wgsl-comments';

/** Our build leaves the models' addresses alone (src/models.ts); the embedder's bundler must follow them. */
const showModels: Plugin = {
  name: 'show-models',
  renderChunk: (code) => ({ code: code.replaceAll('/* @vite-ignore */', ''), map: null }),
};

/** The package: the library, and the command beside it. The page has a configuration of its own, in demo/. */
export default defineConfig({
  plugins: [showModels, stripWgslComments],
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
