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
      output: { chunkFileNames: '[name].js' },
    },
  },
});
