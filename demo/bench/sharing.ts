/** The buttons that copy and download the report. */

import { markdownOf } from '../../bench/suite/markdown';
import type { Report } from '../../bench/suite/report';
import { fragmentOf } from '../../bench/suite/share';
import { find, html } from '../elements';
import { cardOf } from './card';

/** What the buttons need of the page. */
export interface SharingOptions {
  /** Returns the report that is shown. */
  shown(): Report | undefined;
  say(message: string): void;
  fail(error: unknown): void;
}

function download(name: string, content: Blob): void {
  const link = html('a', { href: URL.createObjectURL(content), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const fileName = ({ adapter, date }: Report, extension: string): string =>
  `mien-${adapter.name.replaceAll(/[^\w-]+/g, '-').toLowerCase()}-${date.slice(0, 10)}.${extension}`;

/** Connects the buttons. */
export function connectSharing({ shown, say, fail }: SharingOptions): void {
  const copy = async (content: string, what: string) => {
    await navigator.clipboard.writeText(content);
    say(`${what} is on the clipboard.`);
  };
  const does = (id: string, action: (report: Report) => unknown): void =>
    find(id).addEventListener('click', async () => {
      try {
        const report = shown();
        if (report) await action(report);
      } catch (error) {
        fail(error);
      }
    });
  does('markdown', (report) => copy(markdownOf(report), 'The report'));
  does('link', async (report) => {
    const fragment = await fragmentOf(report);
    history.replaceState(null, '', fragment);
    await copy(location.href, 'A link that contains the report');
  });
  does('json', (report) =>
    download(
      fileName(report, 'json'),
      new Blob([`${JSON.stringify(report, null, 1)}\n`], { type: 'application/json' }),
    ),
  );
  does('card', async (report) => download(fileName(report, 'png'), await cardOf(report)));
}
