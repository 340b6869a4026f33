/** A part of the browser tests, about two minutes: each variant of each kernel once, and the shipped models. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenPage, openPage } from '../../scripts/open-page';
import { allCases } from '../../shaders/cases/all-cases';
import { modelFixtures } from '../fixtures';

let open: OpenPage;
beforeAll(async () => {
  open = await openPage('test/browser/page.html?cases-page');
  await open.page.waitForFunction('window.inPage');
});
afterAll(() => open?.close());

test.each(allCases)('every variant of $kernel', async ({ kernel }) => {
  expect(await open.page.evaluate((name) => window.inPage.runVariants(name), kernel)).not.toEqual([]);
});

// In npm test, networks.test.ts runs the shipped models.
test.skipIf(process.env.MIEN_SAMPLE).each(modelFixtures)('$name', (fixture) =>
  open.page.evaluate((f) => window.inPage.runNet(f), fixture),
);
