import { defineConfig } from 'vitest/config';
import { softwareEnvironment } from './src/cli/dawn';

// Dawn's drivers are chosen by the environment that a process starts with; tests run in processes of their own.
Object.assign(process.env, softwareEnvironment());

const project = (name: string) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    pool: 'forks' as const,
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});

/**
 * unit     what never touches a device: formats, graph, svm, plans, the arrows between folders
 * browser  every kernel's cases, the networks and the page in headless Chrome
 * cli      the command, as a user starts it
 * dawn     the same cases as `browser`, in Node (npm run test:node)
 */
export default defineConfig({
  test: {
    projects: [project('unit'), project('browser'), project('cli'), project('dawn')],
    // One browser or driver at a time: they take all cores themselves.
    fileParallelism: false,
  },
});
