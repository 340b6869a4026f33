import { cpSync } from 'node:fs';
import resolve from '@rollup/plugin-node-resolve';

/** Rollup doesn't follow `new URL('./weights/..', import.meta.url)`: the models are copied beside the bundle. */
const models = {
  name: 'models',
  writeBundle: ({ dir }) =>
    cpSync('node_modules/mien-gpu/dist/weights', `${dir}/weights`, { recursive: true }),
};

export default { input: 'main.js', output: { dir: 'dist' }, plugins: [resolve(), models] };
