import { defineConfig, type Plugin } from 'vite';
import { stripWgslComments } from './scripts/strip-wgsl-comments';

/** Our build leaves the models' addresses alone (src/models.ts); the embedder's bundler must follow them. */
const showModels: Plugin = {
  name: 'show-models',
  renderChunk: (code) => ({ code: code.replaceAll('/* @vite-ignore */', ''), map: null }),
};

/** The package of the library. The page and the command have configurations of their own, in demo/ and cli/. */
export default defineConfig({
  plugins: [showModels, stripWgslComments],
  build: {
    target: 'es2022',
    outDir: 'dist',
    minify: 'esbuild',
    sourcemap: true,
    lib: { entry: { mien: 'src/index.ts' }, formats: ['es'] },
    rollupOptions: {
      external: [/^node:/, 'pbf'],
      output: { chunkFileNames: '[name].js' },
    },
  },
});
