import { createGpu, type Gpu } from '../gpu/gpu';
import { openDawn } from './dawn';

/** Opens the GPU. Prints a note on stderr if it is a software adapter. @throws Error if WebGPU is not available */
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

/** Length of the progress bar in characters. */
const BAR = 24;

/** Shows a progress bar on stderr if that is a terminal. */
export function progress(what: string, done: number, all: number): void {
  if (!process.stderr.isTTY) return;
  const full = Math.round((BAR * done) / all);
  const bar = '#'.repeat(full) + '-'.repeat(BAR - full);
  process.stderr.write(done < all ? `\r[${bar}] ${what} ${done} of ${all}` : '\r\x1b[K');
}
