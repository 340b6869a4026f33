/** Writes the links to all pages of the site into the pages of the documentation: the last step of `npm run site`. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { linksTo } from '../demo/masthead';

/** Where TypeDoc leaves room for links. */
const PLACE = '<div id="tsd-toolbar-links">';

/** @throws Error if a page has no place for links, as after a change of TypeDoc */
export function main([site = 'site']: readonly string[]): void {
  for (const file of readdirSync(`${site}/docs`, { recursive: true }).map(String)) {
    if (!file.endsWith('.html')) continue;
    const page = readFileSync(`${site}/docs/${file}`, 'utf8');
    if (!page.includes(PLACE)) throw new Error(`${site}/docs/${file} has no ${PLACE}`);
    const links = linksTo(`docs/${file}`, true).join(' ');
    writeFileSync(`${site}/docs/${file}`, page.replace(PLACE, `${PLACE}${links}`));
  }
}
