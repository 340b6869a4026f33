/** What the head and the top of every page have in common, written into the pages when they are served or built. */

import type { Plugin } from 'vite';

/** The pages that every page links to: the address from the folder of the pages, and the text of the link. */
const PAGES = [
  ['index.html', 'Recognise'],
  ['bench.html', 'Benchmark'],
  ['study/index.html', 'Study'],
  ['docs/index.html', 'Docs'],
  ['source.tar.gz', 'Source'],
] as const;

/** Pages that only a built site contains. */
const ONLY_BUILT: readonly string[] = ['docs/index.html', 'source.tar.gz'];

const ICON = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='7' fill='#0b6a5a'/><g fill='none' stroke='#fff' stroke-width='2.4' stroke-linecap='round'><path d='M6 11V8a2 2 0 0 1 2-2h3M21 6h3a2 2 0 0 1 2 2v3M26 21v3a2 2 0 0 1-2 2h-3M11 26H8a2 2 0 0 1-2-2v-3M12 13v1M20 13v1M11.5 19q4.5 3.5 9 0'/></g></svg>`,
)}`;

const HEAD = `<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="theme-color" content="#f2f5f4" media="(prefers-color-scheme: light)" />
    <meta name="theme-color" content="#0f1413" media="(prefers-color-scheme: dark)" />
    <link rel="icon" href="${ICON}" />`;

const upFrom = (path: string): string => '../'.repeat(path.split('/').length - 1) || './';

/** The links from a page to all pages. The folder of the page is marked. */
export function linksTo(path: string, isBuilt: boolean): string[] {
  const folder = path.includes('/') ? `${path.split('/')[0]}/index.html` : path;
  return PAGES.filter(([page]) => isBuilt || !ONLY_BUILT.includes(page)).map(([page, text]) => {
    const mark = page === folder ? ` aria-current="${page === path ? 'page' : 'true'}"` : '';
    return `<a href="${upFrom(path)}${page}"${mark}>${text}</a>`;
  });
}

/** The top of a page: the sign, one sentence about the page, and links to all pages. */
function masthead(path: string, sentence: string, isBuilt: boolean): string {
  return `<header class="masthead">
      <a class="home" href="${upFrom(path)}index.html">
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
          <path d="M2 10V5a3 3 0 0 1 3-3h5M22 2h5a3 3 0 0 1 3 3v5M30 22v5a3 3 0 0 1-3 3h-5M10 30H5a3 3 0 0 1-3-3v-5" />
          <path d="M11 11.5v2M21 11.5v2M9.5 20.5q6.5 5 13 0" />
        </svg>
        <span>Mien</span>
      </a>
      <p>${sentence}</p>
      <nav aria-label="Pages">${linksTo(path, isBuilt).join('')}</nav>
    </header>`;
}

/** Replaces `<meta name="common" />` in the head and `<header>A sentence.</header>` in the body of each page. */
export function writeMastheads(isBuilt: boolean): Plugin {
  return {
    name: 'write-mastheads',
    transformIndexHtml: {
      order: 'pre',
      handler: (page, { path }) =>
        page
          .replace('<meta name="common" />', HEAD)
          .replace(/<header>(.*?)<\/header>/s, (_, sentence: string) =>
            masthead(path.replace(/^\/(demo\/)?/, ''), sentence.trim(), isBuilt),
          ),
    },
  };
}
