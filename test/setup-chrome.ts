import { findChrome } from '../scripts/chrome';

/** Before the tests: a Chrome, whose software driver the command uses too where there is no GPU. */
export default async function setup(): Promise<void> {
  await findChrome();
}
