import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin } from 'vite';
import { writeMastheads } from './masthead';

// The benchmark's page names the commit in its reports. A downloaded archive has none.
try {
  process.env.VITE_COMMIT ??= execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
} catch {
  process.env.VITE_COMMIT = 'unknown';
}

/** The package's build does not follow the models' addresses (src/models.ts). A built page must contain the models. */
const carryModels: Plugin = {
  name: 'carry-models',
  enforce: 'pre',
  apply: 'build',
  transform: (code) =>
    code.includes('/* @vite-ignore */') ? code.replaceAll('/* @vite-ignore */', '') : null,
};

/** Adds the source of the commit to the site, which the pages link to. */
const carrySource: Plugin = {
  name: 'carry-source',
  apply: 'build',
  writeBundle({ dir }) {
    try {
      execFileSync('git', [
        'archive',
        '--format=tar.gz',
        '--prefix=mien/',
        '-o',
        `${dir}/source.tar.gz`,
        'HEAD',
      ]);
    } catch {
      this.warn('without git, the site has no source.tar.gz');
    }
  },
};

/** The files of the engines that the benchmark loads on demand, in their packages. */
const ENGINES = [
  'onnxruntime-web/dist/ort.webgpu.bundle.min.mjs',
  'onnxruntime-web/dist/ort.wasm.bundle.min.mjs',
  'onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.mjs',
  'onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm',
  'onnxruntime-web/dist/ort-wasm-simd-threaded.mjs',
  'onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
  '@tensorflow/tfjs-core/dist/tf-core.min.js',
  '@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js',
  'libsvm-wasm/dist/libsvm.js',
  'libsvm-wasm/dist/libsvm.wasm',
  '@litertjs/core/wasm/litert_wasm_internal.js',
  '@litertjs/core/wasm/litert_wasm_internal.wasm',
  '@litertjs/core/wasm/litert_wasm_compat_internal.js',
  '@litertjs/core/wasm/litert_wasm_compat_internal.wasm',
];

/** An engine whose module imports another package: browsers need both in one file. */
const BUNDLED = '@litertjs/core/dist/index.js';

/** Copies the other engines from their packages into the site. `npm run site` installs them. */
const carryEngines: Plugin = {
  name: 'carry-engines',
  apply: 'build',
  async writeBundle({ dir }) {
    const packages = fileURLToPath(new URL('../bench/peers/node_modules/', import.meta.url));
    if (!existsSync(packages)) return this.warn('the other engines are not installed: see npm run site');
    for (const file of ENGINES) cpSync(`${packages}${file}`, `${dir}/engines/${file}`);
    await build({
      ...{ configFile: false, publicDir: false, logLevel: 'warn' },
      build: {
        ...{ outDir: dirname(`${dir}/engines/${BUNDLED}`), emptyOutDir: false, target: 'es2022' },
        lib: { entry: `${packages}${BUNDLED}`, formats: ['es'], fileName: () => basename(BUNDLED) },
      },
    });
  },
};

/** The pages, from demo/. */
const PAGES = [
  ...['index.html', 'bench.html', 'worker.html'],
  ...['index', 'machine', 'kernel', 'exercises', 'paper'].map((page) => `study/${page}.html`),
];

/** The pages are in demo/. The engine and its models are in the parent folder. */
export default defineConfig(({ command }) => ({
  base: './',
  publicDir: false,
  plugins: [writeMastheads(command === 'build'), carryModels, carryEngines, carrySource],
  server: { fs: { allow: ['..'] } },
  build: {
    target: 'es2022',
    rollupOptions: { input: PAGES.map((page) => `demo/${page}`) },
  },
  worker: { format: 'es', plugins: () => [carryModels] },
}));
