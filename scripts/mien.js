// The command `mien` from a checkout: Vite loads the TypeScript and the WGSL as it does for the page.
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
const { main } = await vite.ssrLoadModule('/src/cli/main.ts');
await main(process.argv.slice(2));
process.exit(); // Dawn's threads would keep the process alive
