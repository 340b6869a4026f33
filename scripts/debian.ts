import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Installs a Debian package and returns `path`, the program in the package. Returns undefined if apt-get does not
 * exist, if the process does not run as root, or if the package does not contain the program.
 * @throws Error if apt-get fails
 */
export function installDebianPackage(name: string, path: string): string | undefined {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return undefined;
  console.log(`installing Debian's package ${name}`);
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  execFileSync('apt-get', ['install', '-y', '-qq', name], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return existsSync(path) ? path : undefined;
}
