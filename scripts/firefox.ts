/** Finds or installs Firefox, and starts it for tests. */

import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';
import { softwareEnvironment } from '../src/cli/dawn';
import { installDebianPackage } from './debian';

const INSTALLED = [
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/snap/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

/**
 * Returns the path of Firefox: FIREFOX_PATH, else an installed Firefox, else Debian's package.
 * @throws Error, in one sentence with the remedy, if there is no Firefox
 */
export function findFirefox(): string {
  const named = process.env.FIREFOX_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`FIREFOX_PATH is ${named}, but the file does not exist`);
  }
  const found =
    INSTALLED.find((path) => existsSync(path)) ?? installDebianPackage('firefox-esr', '/usr/bin/firefox-esr');
  if (found) return found;
  throw new Error('the tests need Firefox 141 or newer: install it, or set FIREFOX_PATH');
}

/**
 * Starts headless Firefox with WebGPU. Without a GPU, a software driver for Vulkan is used.
 * @throws Error if there is no Firefox
 */
export async function launchFirefox(): Promise<Browser> {
  // As root, Firefox does not start in another user's home folder. It also needs a folder for its sockets.
  const home = mkdtempSync(join(tmpdir(), 'mien-firefox-'));
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: findFirefox(),
    headless: true,
    protocolTimeout: 3_600_000,
    env: { ...process.env, ...softwareEnvironment(), HOME: home, XDG_RUNTIME_DIR: home },
    extraPrefsFirefox: {
      'dom.webgpu.enabled': true,
      'dom.webgpu.workers.enabled': true,
      'gfx.webgpu.ignore-blocklist': true,
      // The tests of the pages use the fake webcam of Firefox.
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
    },
  });
}
