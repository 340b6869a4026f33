import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenPage, openPage } from '../../scripts/open-page';
import { netFixtures, refusals, sampleOf } from '../fixtures';

let open: OpenPage;
beforeAll(async () => {
  open = await openPage('test/browser/page.html?cases-page');
  await open.page.waitForFunction('window.inPage');
});
afterAll(() => open?.close());

// Dawn runs all of them on the same driver (npm run test:node), and Firefox in npm run test:firefox.
const fixtures = process.env.MIEN_BROWSER === 'firefox' ? netFixtures : await sampleOf(netFixtures);

test.each(fixtures)(
  '$name',
  (fixture) => open.page.evaluate((f) => window.inPage.runNet(f), fixture),
  120_000,
);

test.each(refusals)('$model is refused', async ({ model, message }) => {
  expect(await open.page.evaluate((m) => window.inPage.refusal(m), model)).toMatch(new RegExp(message));
});
