/** Finds or downloads Chrome, and starts it for tests. */

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  detectBrowserPlatform,
  getInstalledBrowsers,
  install,
  Browser as Kind,
  resolveBuildId,
} from '@puppeteer/browsers';
import puppeteer, { type Browser } from 'puppeteer-core';
import { installDebianPackage } from './debian';

const INSTALLED = [
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * Returns the path of Chrome: CHROME_PATH, else an installed Chrome, else puppeteer's download, else Debian's package.
 * @throws Error, in one sentence with the remedy, if there is no Chrome
 */
export async function findChrome(): Promise<string> {
  const named = process.env.CHROME_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`CHROME_PATH is ${named}, but the file does not exist`);
  }
  const installed = INSTALLED.find((path) => existsSync(path));
  if (installed) return installed;

  const cacheDir = join(homedir(), '.cache', 'puppeteer');
  const [before] = await getInstalledBrowsers({ cacheDir }).catch(() => []);
  if (before) return before.executablePath;
  try {
    console.log('no Chrome is installed: fetching one');
    const buildId = await resolveBuildId(Kind.CHROME, detectBrowserPlatform()!, 'stable');
    return (await install({ cacheDir, browser: Kind.CHROME, buildId })).executablePath;
  } catch (error) {
    const cause = (error as Error).message;
    const installed = installDebianPackage('chromium', '/usr/bin/chromium');
    if (installed) return installed;
    throw new Error(
      `the tests need Chrome, and it can't be downloaded (${cause}): install Chrome or Chromium, or set CHROME_PATH`,
    );
  }
}

/** Starts headless Chrome with WebGPU. Without a GPU, Chrome uses SwiftShader. @throws Error if there is no Chrome */
export async function launchChrome(args: readonly string[] = []): Promise<Browser> {
  return puppeteer.launch({
    executablePath: await findChrome(),
    headless: true,
    protocolTimeout: 3_600_000, // a benchmark is a single call
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      // Without a network, requests to the Internet would delay the start.
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  });
}
