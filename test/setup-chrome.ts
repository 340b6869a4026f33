import { findChrome } from '../scripts/chrome';

/** Finds or downloads Chrome before the tests. Without a GPU, the command also uses Chrome's software driver. */
export default async function setup(): Promise<void> {
  await findChrome();
}
