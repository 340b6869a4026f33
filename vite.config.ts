import { defineConfig } from 'vite';
import { withModels, withOneFile, withTypes } from './scripts/build-plugins';
import { stripWgslComments } from './scripts/strip-wgsl-comments';

/** The package: the library, and the command beside it. The page has a configuration of its own, in demo/. */
export default defineConfig({
  plugins: [stripWgslComments, withModels, withTypes, withOneFile],
  build: {
    target: 'es2022',
    outDir: 'dist',
    minify: 'esbuild',
    lib: { entry: { mien: 'src/index.ts', 'mien-cli': 'src/cli/bin.ts' }, formats: ['es'] },
    rollupOptions: {
      external: [/^node:/, 'pbf', 'webgpu', 'jpeg-js', 'pngjs'],
      output: { chunkFileNames: '[name].js' },
    },
  },
});
