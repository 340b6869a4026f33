import { execFileSync } from 'node:child_process';
import { defineConfig, type Plugin } from 'vite';

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

/** Adds a link to the documentation, which `npm run site` builds. The development server does not serve it. */
const linkDocumentation: Plugin = {
  name: 'link-documentation',
  apply: 'build',
  transformIndexHtml: (html) =>
    html.replace('nothing leaves the machine.', '$& <a href="docs/index.html">Documentation</a>'),
};

/** The page is in demo/. The engine and its models are in the parent folder. */
export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [carryModels, linkDocumentation],
  server: { fs: { allow: ['..'] } },
  build: {
    target: 'es2022',
    rollupOptions: { input: ['demo/index.html', 'demo/bench.html', 'demo/worker.html'] },
  },
  worker: { format: 'es', plugins: () => [carryModels] },
});
