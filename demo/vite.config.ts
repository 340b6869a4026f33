import { defineConfig, type Plugin } from 'vite';

/** The package's build leaves the models' addresses alone (src/models.ts); a built page carries them. */
const carryModels: Plugin = {
  name: 'carry-models',
  enforce: 'pre',
  apply: 'build',
  transform: (code) =>
    code.includes('/* @vite-ignore */') ? code.replaceAll('/* @vite-ignore */', '') : null,
};

/** The documentation is built beside the page (npm run site); the development server doesn't have it. */
const linkDocumentation: Plugin = {
  name: 'link-documentation',
  apply: 'build',
  transformIndexHtml: (html) =>
    html.replace('nothing leaves the machine.', '$& <a href="docs/index.html">Documentation</a>'),
};

/** The page is in demo/, the engine and its models beside it. */
export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [carryModels, linkDocumentation],
  server: { fs: { allow: ['..'] } },
  build: { target: 'es2022', rollupOptions: { input: ['demo/index.html', 'demo/worker.html'] } },
  worker: { format: 'es', plugins: () => [carryModels] },
});
