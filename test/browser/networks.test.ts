import { afterAll, beforeAll, test } from 'vitest';
import { netFixtures } from '../fixtures';
import { type OpenPage, openPage } from './open-page';

let open: OpenPage;
beforeAll(async () => {
  open = await openPage('test/browser/page.html');
  await open.page.waitForFunction('window.inPage');
});
afterAll(() => open?.close());

test.each(netFixtures)('$name', (fixture) => open.page.evaluate((f) => window.inPage.runNet(f), fixture));
