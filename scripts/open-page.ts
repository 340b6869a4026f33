import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import { createServer, type ViteDevServer } from 'vite';
import { writeMastheads } from '../demo/masthead';
import { launchChrome } from './chrome';
import { launchFirefox } from './firefox';

const root = fileURLToPath(new URL('..', import.meta.url));

/** An open page, with its browser and its address. */
export interface OpenPage {
  /** The page. */
  readonly page: Page;
  /** The browser that shows it. */
  readonly browser: Browser;
  /** Address of the page. */
  readonly url: string;
  /** Closes the browser and the server. */
  close(): Promise<void>;
}

/** Whether tests run in Firefox: `npm run test:firefox` sets MIEN_BROWSER to `firefox`. */
export const isFirefox = process.env.MIEN_BROWSER === 'firefox';

/**
 * Serves the project, and opens one of its pages in the browser under test.
 * @param path path of the page from the project's root
 * @param args command-line arguments for Chrome; they are not passed to Firefox
 * @param folder root of the checkout that is served; default: this one
 */
export async function openPage(
  path: string,
  args: readonly string[] = [],
  { firefox = isFirefox, folder = root } = {},
): Promise<OpenPage> {
  const server = await createServer({
    root: folder,
    configFile: false,
    logLevel: 'error',
    plugins: [writeMastheads(false)],
    resolve: { alias: { 'mien-gpu': `${folder}src/index.ts` } }, // the snippets in the documentation import the package
    server: {
      ...{ port: 0, host: '127.0.0.1', watch: null, hmr: false },
      // Threads of WebAssembly need a cross-origin isolated page.
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    },
    // Otherwise Vite reloads the page when it finds pbf.
    optimizeDeps: { include: ['pbf'], noDiscovery: true },
  });
  await server.listen();
  const url = `http://127.0.0.1:${portOf(server)}/${path}`;
  const browser = firefox ? await launchFirefox() : await launchChrome(args);
  const page = await newPage(browser);
  await page.goto(url);
  return {
    ...{ page, browser, url },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** Opens a tab with a long timeout, because a slow machine may need more than a minute. */
export async function newPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(150_000);
  return page;
}

const portOf = (server: ViteDevServer): number => (server.httpServer!.address() as AddressInfo).port;
