import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenPage, openPage } from '../../scripts/open-page';
import { netFixtures, refusals, sampleOf } from '../fixtures';

let open: OpenPage;
beforeAll(async () => {
  open = await openPage('test/browser/page.html?cases-page');
  await open.page.waitForFunction('window.inPage');
});
afterAll(() => open?.close());

// npm test runs a sample. All of them run in Node on the same driver, and in test:chrome and test:firefox.
const fixtures = process.env.MIEN_SAMPLE ? await sampleOf(netFixtures) : netFixtures;

test.each(fixtures)(
  '$name',
  (fixture) => open.page.evaluate((f) => window.inPage.runNet(f), fixture),
  120_000,
);

test.each(refusals)('$model is refused', async ({ model, message }) => {
  expect(await open.page.evaluate((m) => window.inPage.refusal(m), model)).toMatch(new RegExp(message));
});
