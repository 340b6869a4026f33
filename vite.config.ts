import { defineConfig } from 'vite';
import { withModels, withOneFile, withTypes } from './scripts/build-plugins';
import { stripWgslComments } from './scripts/strip-wgsl-comments';

/** The package of the library. The page and the command have configurations of their own, in demo/ and cli/. */
export default defineConfig({
  plugins: [stripWgslComments, withModels, withTypes, withOneFile],
  build: {
    target: 'es2022',
    outDir: 'dist',
    minify: 'esbuild',
    lib: { entry: { mien: 'src/index.ts' }, formats: ['es'] },
    rollupOptions: {
      external: [/^node:/, 'pbf'],
      // mien.js exports the API, engine.js contains it, and each family of further operators has a file of its own.
      output: { chunkFileNames: ({ name }) => (name === 'index' ? 'engine.js' : '[name].js') },
    },
  },
});
