import { createGpu, type Gpu } from '../gpu/gpu';
import { openDawn } from './dawn';

/** Opens the GPU, and says on stderr if it is none. */
export async function openGpu(): Promise<Gpu> {
  const gpu = await createGpu({ gpu: await openDawn() }).catch((error: Error) => {
    const advice =
      process.platform === 'linux'
        ? '; without a GPU, install Chromium or Mesa 23 (lavapipe) to run on the CPU'
        : '';
    throw new Error(`${error.message}${advice}`);
  });
  if (gpu.isSoftware) process.stderr.write(`mien: no GPU found, running on the CPU through ${gpu.adapter}\n`);
  return gpu;
}

const BAR = 24;

/** A bar on stderr where somebody watches it. */
export function progress(what: string, done: number, all: number): void {
  if (!process.stderr.isTTY) return;
  const full = Math.round((BAR * done) / all);
  const bar = '#'.repeat(full) + '-'.repeat(BAR - full);
  process.stderr.write(done < all ? `\r[${bar}] ${what} ${done} of ${all}` : '\r\x1b[K');
}
