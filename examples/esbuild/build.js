import { cpSync } from 'node:fs';
import { build } from 'esbuild';

await build({ entryPoints: ['main.js'], bundle: true, minify: true, format: 'esm', outdir: 'dist' });
// esbuild doesn't follow `new URL('./weights/..', import.meta.url)`: the models are copied beside the bundle.
cpSync('node_modules/mien-gpu/dist/weights', 'dist/weights', { recursive: true });
