import { findChrome } from '../scripts/chrome';
import { softwareEnvironment } from '../src/cli/dawn';

/** Sets the environment variables that select Dawn's driver. The processes of the tests inherit them. */
export default async function setup(): Promise<void> {
  if (!softwareEnvironment()) await findChrome();
  Object.assign(process.env, softwareEnvironment());
}
