/** WebGPU in Node with Dawn. On a machine without a GPU, Dawn uses a software driver. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { loadDawn } from './parts';

/** Finds Vulkan drivers that run on the CPU. Chrome contains SwiftShader, and Mesa contains lavapipe. */
function softwareDrivers(): string[] {
  const inCache = (folder: string): string[] => {
    const root = join(homedir(), '.cache', 'puppeteer', folder);
    const builds = existsSync(root) ? readdirSync(root) : [];
    return builds.map((build) => join(root, build, `${folder}-linux64`, 'vk_swiftshader_icd.json'));
  };
  return [
    '/usr/lib/chromium/vk_swiftshader_icd.json',
    '/opt/google/chrome/vk_swiftshader_icd.json',
    '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
    ...inCache('chrome'),
    '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json',
    '/usr/share/vulkan/icd.d/lvp_icd.aarch64.json',
    '/usr/share/vulkan/icd.d/lvp_icd.json',
  ].filter((file) => existsSync(file));
}

/** Whether Linux has a GPU device that a Vulkan driver could use. */
const hasLinuxGpu = (): boolean =>
  existsSync('/dev/nvidia0') ||
  existsSync('/dev/dxg') ||
  (existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD')));

/**
 * Returns the environment variables with which Dawn uses a software driver. A process must have them when it starts.
 * Returns undefined if there is a GPU, if the user has chosen a driver, or if no software driver is found.
 */
export function softwareEnvironment(): Record<string, string> | undefined {
  if (process.platform !== 'linux' || process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES)
    return undefined;
  if (hasLinuxGpu()) return undefined;
  const [driver] = softwareDrivers();
  if (!driver) return undefined;
  return {
    VK_ICD_FILENAMES: driver,
    // Chrome's folder also contains a Vulkan loader, for machines that have none.
    LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, dirname(driver)].filter((part) => part).join(delimiter),
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
  };
}

/**
 * Runs this process again if Dawn needs a software driver, because the driver is selected by environment variables when
 * a process starts. Returns false if this is not necessary.
 */
export function restartForSoftware(): boolean {
  const environment = softwareEnvironment();
  if (!environment) return false;
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  process.exitCode = status ?? 1;
  return true;
}

/**
 * Opens Dawn and returns its equivalent of `navigator.gpu`.
 * @throws Error, in one sentence, if the npm package `webgpu` is not installed or does not run on this platform
 */
export async function openDawn(): Promise<GPU> {
  const dawn = await loadDawn();
  Object.assign(globalThis, dawn.globals);
  return dawn.create([]);
}
