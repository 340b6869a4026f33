import { findFirefox } from '../scripts/firefox';
import { softwareEnvironment } from '../src/cli/dawn';
import setupChrome from './setup-chrome';

/** Finds or installs Firefox before the tests. Without a GPU, also Chrome, which contains a software driver. */
export default async function setup(): Promise<void> {
  findFirefox();
  if (!softwareEnvironment()) await setupChrome();
}
