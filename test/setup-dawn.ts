import { findChrome } from '../scripts/chrome';
import { softwareEnvironment } from '../src/cli/dawn';

/** Dawn's driver is chosen by the environment that a process starts with; tests run in processes of their own. */
export default async function setup(): Promise<void> {
  if (!softwareEnvironment()) await findChrome();
  Object.assign(process.env, softwareEnvironment());
}
