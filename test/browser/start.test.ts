/** Runs the first command in the README, unchanged. */

import { spawn } from 'node:child_process';
import { afterAll, beforeAll, test } from 'vitest';
import { launchChrome } from '../../scripts/chrome';
import { newPage } from '../../scripts/open-page';
import { root } from '../fixtures';

// With BROWSER=none, Vite does not open a browser. The process group allows all processes of npm to be ended.
const server = spawn('npm', ['start'], {
  cwd: root,
  env: { ...process.env, BROWSER: 'none', NO_COLOR: '1' },
  detached: process.platform !== 'win32',
});
afterAll(() => {
  if (process.platform === 'win32') server.kill();
  else process.kill(-server.pid!);
});

let address: string;
beforeAll(async () => {
  let said = '';
  address = await new Promise((resolve, reject) => {
    server.stdout.on('data', (data) => {
      said += data;
      const [found] = /http:\/\/localhost:\d+\/\S*/.exec(said) ?? [];
      if (found) resolve(found);
    });
    server.on('close', (status) => reject(new Error(`npm start ended with ${status}: ${said}`)));
  });
});

test('npm start serves the page, which recognises its photo', async () => {
  const browser = await launchChrome();
  try {
    const page = await newPage(browser);
    await page.goto(address);
    // At its first start, Vite may reload the page after it has prepared the page's dependencies.
    await page.waitForFunction(() =>
      /^1 face: happy/.test(document.querySelector('#status')?.textContent ?? ''),
    );
  } finally {
    await browser.close();
  }
});
