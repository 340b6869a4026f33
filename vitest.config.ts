import { defineConfig } from 'vitest/config';

const project = (
  name: string,
  globalSetup: string[] = [],
  more: { include?: string[]; exclude?: string[]; env?: Record<string, string> } = {},
) => ({
  test: {
    name,
    globalSetup,
    include: [`test/${name}/**/*.test.ts`],
    ...more,
    pool: 'forks' as const,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});

/** The tests of pages that Firefox runs, too. */
const PAGES = ['demo', 'model-drop', 'bench', 'study', 'study-machine', 'study-paper'];
const browserTests = (...names: string[]) => names.map((name) => `test/browser/${name}.test.ts`);

/** Where .ci/run finds the counts: test/output/test.json, test-node.json, and so on. */
const counts = `test/output/${(process.env.npm_lifecycle_event ?? 'vitest').replaceAll(':', '-')}.json`;

/**
 * unit     what never touches a device: formats, graph, svm, plans, the arrows between folders
 * browser  a case of each variant of each kernel, a sample of the networks, and the pages in headless Chrome
 * chrome   every kernel's cases and all networks in headless Chrome (npm run test:chrome)
 * cli      the command, as a user starts it
 * dawn     the same cases as `chrome`, in Node (npm run test:node)
 * firefox  the same cases as `chrome`, and the pages, in Firefox (npm run test:firefox); `firefox-part` runs one case of each variant
 * package  the packed package: what is in it, its types, and the examples (npm run test:package)
 */
export default defineConfig({
  test: {
    projects: [
      project('unit'),
      project('browser', ['test/setup-chrome.ts'], {
        env: { MIEN_SAMPLE: '1' },
        exclude: ['test/browser/kernels.test.ts'],
      }),
      project('chrome', ['test/setup-chrome.ts'], {
        include: browserTests('kernels', 'networks'),
      }),
      project('cli', ['test/setup-cli.ts']),
      project('dawn', ['test/setup-dawn.ts']),
      project('firefox', ['test/setup-firefox.ts'], {
        env: { MIEN_BROWSER: 'firefox' },
        include: browserTests('kernels', 'networks', 'api', ...PAGES),
      }),
      project('firefox-part', ['test/setup-firefox.ts'], {
        env: { MIEN_BROWSER: 'firefox' },
        include: browserTests('variants', ...PAGES),
      }),
      project('package', ['test/setup-dawn.ts', 'test/package/setup.ts']),
    ],
    // One browser or driver at a time: they take all cores themselves.
    fileParallelism: false,
    maxConcurrency: 2,
    reporters: process.env.CI ? ['default', ['json', { outputFile: counts }]] : ['default'],
  },
});
