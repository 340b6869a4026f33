/** WebGPU in Node: Dawn, and where there is no GPU a software driver for it. */

import { existsSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { loadDawn } from './parts';

/** Vulkan drivers that run on the CPU: SwiftShader comes with every Chrome, lavapipe with Mesa. */
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

/** Whether Linux shows a device that a Vulkan driver could drive. */
const hasLinuxGpu = (): boolean =>
  existsSync('/dev/nvidia0') ||
  existsSync('/dev/dxg') ||
  (existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD')));

/**
 * What a process must have in its environment from its start for Dawn to use a software driver; undefined where a
 * GPU is there, where the user has chosen a driver, or where none is found.
 */
export function softwareEnvironment(): Record<string, string> | undefined {
  if (process.platform !== 'linux' || process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES)
    return undefined;
  if (hasLinuxGpu()) return undefined;
  const [driver] = softwareDrivers();
  if (!driver) return undefined;
  return {
    VK_ICD_FILENAMES: driver,
    // Chrome's folder has a Vulkan loader too, for machines without one.
    LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, dirname(driver)].filter((part) => part).join(delimiter),
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
  };
}

/**
 * Dawn's `navigator.gpu`.
 * @throws in one sentence if the npm package `webgpu` is not installed or does not run on this platform
 */
export async function openDawn(): Promise<GPU> {
  const dawn = await loadDawn();
  Object.assign(globalThis, dawn.globals);
  return dawn.create([]);
}
