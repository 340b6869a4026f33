import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/** What the package holds of the repository beside its code. The code looks for the models in ../weights. */
const COPIED = [
  'LICENSE',
  'weights/README.md',
  'weights/expression.onnx',
  'weights/face/LICENSE',
  'weights/face/README.md',
  'weights/face/blazeface-128.onnx',
  'weights/face/blazeface-256.onnx',
];

const copyModels: Plugin = {
  name: 'copy-models',
  writeBundle({ dir }) {
    for (const path of COPIED)
      cpSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), `${dir}/../${path}`);
  },
};

/** The package of the command: one file for Node. The packages of machine code stay outside it. */
export default defineConfig({
  publicDir: false,
  plugins: [copyModels], // kernels keep their comments: `mien kernel` prints them
  ssr: { target: 'node', noExternal: ['pbf'], external: ['sharp', 'webgpu'] },
  build: {
    target: 'node20',
    outDir: 'dist',
    ssr: '../src/cli/bin.ts',
    rollupOptions: { output: { entryFileNames: 'mien.js', inlineDynamicImports: true } },
  },
});
