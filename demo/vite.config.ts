import { defineConfig } from 'vite';

/** The page stands in demo/, the engine and its models beside it. */
export default defineConfig({
  base: './',
  publicDir: false,
  server: { fs: { allow: ['..'] } },
  build: { target: 'es2022', outDir: '../dist/demo', emptyOutDir: true },
});
