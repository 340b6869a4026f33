import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import { createServer, type ViteDevServer } from 'vite';

import { launchChrome } from './chrome';
import { launchFirefox } from './firefox';

const root = fileURLToPath(new URL('..', import.meta.url));

export interface OpenPage {
  readonly page: Page;
  readonly browser: Browser;
  readonly url: string;
  close(): Promise<void>;
}

/** The browser that tests run in: MIEN_BROWSER, which `npm run test:firefox` sets to `firefox`. */
export const isFirefox = process.env.MIEN_BROWSER === 'firefox';

/**
 * Serves the project and opens a page of it in the browser under test.
 * @param args Chrome's command-line arguments; Firefox gets none
 */
export async function openPage(path: string, args: readonly string[] = []): Promise<OpenPage> {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { 'mien-gpu': `${root}src/index.ts` } }, // snippets of the documentation import the package
    server: {
      ...{ port: 0, host: '127.0.0.1', watch: null, hmr: false },
      // Threads of WebAssembly want a page that is isolated.
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    },
    // Else Vite reloads the page when it finds pbf.
    optimizeDeps: { include: ['pbf'], noDiscovery: true },
  });
  await server.listen();
  const url = `http://127.0.0.1:${portOf(server)}/${path}`;
  const browser = isFirefox ? await launchFirefox() : await launchChrome(args);
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

/** A tab that waits for what a page does as long as a slow machine needs: a minute is no failure. */
export async function newPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(150_000);
  return page;
}

const portOf = (server: ViteDevServer): number => (server.httpServer!.address() as AddressInfo).port;
