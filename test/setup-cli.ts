import { build } from 'vite';
import { root } from './fixtures';
import setupChrome from './setup-chrome';

/** Finds or downloads Chrome, and builds the command, before the tests of the command. */
export default async function setup(): Promise<void> {
  await setupChrome();
  await build({ root: `${root}/cli`, logLevel: 'error' });
}
