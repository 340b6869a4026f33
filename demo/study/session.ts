/** The GPU of a page of the course. Readers run their own kernels on it, which may block it or take it down. */

import { createGpu, type Gpu } from '../../src/index';

/** A GPU that is opened again after a kernel took it down. */
export interface Session {
  /**
   * Calls `work` with the GPU, after all earlier work. Opens the GPU first if it is not open.
   * @throws Error if there is no GPU; if it was lost, or did not answer in time: the next call opens it anew
   */
  use<T>(work: (gpu: Gpu) => Promise<T>): Promise<T>;
}

/** Milliseconds after which work is given up. Slow machines need a while for the largest kernels. */
const MOST_TIME = 30_000;
/** After a crash the browser needs a moment to start its GPU process again. */
const PAUSE = 1000;
const TRIES = 5;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Opens a GPU. After a loss, the first tries may fail. */
async function open(wasLost: boolean): Promise<Gpu> {
  for (let left = wasLost ? TRIES : 1; ; left--) {
    try {
      if (wasLost) await pause(PAUSE);
      return await createGpu({ powerPreference: 'high-performance' });
    } catch (error) {
      if (left <= 1) throw error;
    }
  }
}

/** Creates a session. The GPU is opened at its first use. */
export function createSession(): Session {
  let gpu: Promise<Gpu> | undefined;
  let wasLost = false;
  let last: Promise<unknown> = Promise.resolve();

  const run = async <T>(work: (gpu: Gpu) => Promise<T>): Promise<T> => {
    gpu ??= open(wasLost);
    const own = gpu;
    const opened = await own.catch((error) => {
      if (gpu === own) gpu = undefined;
      throw error;
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const seconds = MOST_TIME / 1000;
      const message = `The GPU did not answer for ${seconds} seconds. The kernel may contain a loop that never ends.`;
      timer = setTimeout(() => reject(new Error(`${message} The GPU is opened again.`)), MOST_TIME);
    });
    const lost = opened.lost.then(({ message }) => {
      const cause = message ? ` (${message.replace(/\.$/, '')})` : '';
      throw new Error(
        `The GPU was lost${cause}. The kernel may have run for too long. The GPU is opened again.`,
      );
    });
    lost.catch(() => undefined);
    try {
      return await Promise.race([work(opened), late, lost]);
    } catch (error) {
      const isGone = await Promise.race([opened.lost.then(() => true), pause(0).then(() => false)]);
      if (isGone || (error as Error).message.includes('did not answer')) {
        if (gpu === own) gpu = undefined;
        wasLost = true;
        opened.destroy();
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    use(work) {
      const result = last.then(() => run(work));
      last = result.catch(() => undefined);
      return result;
    },
  };
}
