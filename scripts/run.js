// Runs main() of a TypeScript module: node scripts/run.js MODULE ARGUMENTS. Vite loads TypeScript and WGSL files.
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const vite = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, watch: null, ws: false },
  optimizeDeps: { noDiscovery: true, include: [] },
});
const [module, ...args] = process.argv.slice(2);
const { main } = await vite.ssrLoadModule(`/${module}`);
await main(args);
process.exit(); // Dawn's threads would keep the process alive
