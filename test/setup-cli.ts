import { build } from 'vite';
import { root } from './fixtures';
import setupChrome from './setup-chrome';

/** Before the tests of the command: a Chrome, whose software driver it uses without a GPU, and the command, built. */
export default async function setup(): Promise<void> {
  await setupChrome();
  await build({ root: `${root}/cli`, logLevel: 'error' });
}
