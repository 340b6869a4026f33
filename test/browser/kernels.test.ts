import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenPage, openPage } from '../../scripts/open-page';
import { allCases } from '../../shaders/cases/all-cases';
import { isTestable } from '../../shaders/cases/case';

let open: OpenPage;
beforeAll(async () => {
  open = await openPage('test/browser/page.html?cases-page');
  await open.page.waitForFunction('window.inPage');
});
afterAll(() => open?.close());

test('the adapter has a name', async () => {
  expect(await open.page.evaluate(() => window.inPage.adapter())).not.toBe('');
});

describe.each(allCases)('$kernel', ({ kernel, cases }) => {
  test.each(cases.filter(isTestable))('$name', ({ name }) =>
    open.page.evaluate((k, n) => window.inPage.runCase(k, n), kernel, name),
  );
});
