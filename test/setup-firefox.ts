import { findFirefox } from '../scripts/firefox';
import { softwareEnvironment } from '../src/cli/dawn';
import setupChrome from './setup-chrome';

/** Before the tests: a Firefox, and where there is no GPU a software driver, which comes with Chrome. */
export default async function setup(): Promise<void> {
  findFirefox();
  if (!softwareEnvironment()) await setupChrome();
}
