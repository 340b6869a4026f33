/** Measures how long dispatches take: with the GPU's clock if it has one, else with the CPU's. */

import type { Gpu } from './gpu';
import { createReadback } from './readback';
import { createStopwatch } from './stopwatch';

/** Measures dispatches. */
export interface Timer {
  /**
   * Returns the milliseconds of what `record` dispatches: the minimum of a few samples. Each later sample repeats the
   * dispatches until it is longer than the clock's resolution.
   * @param enough if the first sample takes more milliseconds than this, no more are measured; default: no limit
   * @throws if the device is lost
   */
  time(record: (pass: GPUComputePassEncoder) => void, enough?: number): Promise<number>;
  /**
   * Records the dispatches `repetitions` times in one pass, and returns the milliseconds of one repetition.
   * @throws if the device is lost
   */
  sample(record: (pass: GPUComputePassEncoder) => void, repetitions: number): Promise<number>;
  /** Frees the timer's buffers. */
  destroy(): void;
}

/** Milliseconds that a sample should take. Browsers round the GPU's clock to 0.1 ms; a submission takes up to 1 ms. */
const SAMPLE = { gpu: 1, cpu: 10 } as const;
const SAMPLES = 3;
const MOST_REPETITIONS = 256;

/** Creates a timer on a device. */
export function createTimer({ device }: Gpu): Timer {
  const stopwatch = createStopwatch(device, ['all']);
  const readback = createReadback(device, 'timer', 16);

  const sample = async (record: (pass: GPUComputePassEncoder) => void, repetitions: number) => {
    const encoder = device.createCommandEncoder({ label: 'timer' });
    const pass = encoder.beginComputePass({ label: 'timer', timestampWrites: stopwatch?.writes('all') });
    for (let i = 0; i < repetitions; i++) record(pass);
    pass.end();
    if (stopwatch) {
      const pending = readback.record(encoder, [stopwatch.record(encoder)]);
      device.queue.submit([encoder.finish()]);
      return stopwatch.read(await pending.read()).all / repetitions;
    }
    await device.queue.onSubmittedWorkDone();
    const started = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - started) / repetitions;
  };

  return {
    sample,
    async time(record, enough = Infinity) {
      const wanted = stopwatch ? SAMPLE.gpu : SAMPLE.cpu;
      await sample(record, 1); // some drivers compile a kernel at its first run
      let least = await sample(record, 1);
      if (least > enough) return least;
      let repetitions = Math.min(
        MOST_REPETITIONS,
        Math.ceil(wanted / Math.max(least, wanted / MOST_REPETITIONS)),
      );
      for (let i = 1; i < SAMPLES; i++) {
        const ms = await sample(record, repetitions);
        least = Math.min(least, ms);
        // The first sample may have been slow for other reasons.
        repetitions = Math.min(
          MOST_REPETITIONS,
          Math.max(repetitions, Math.ceil(wanted / Math.max(least, 1e-3))),
        );
      }
      return least;
    },
    destroy() {
      stopwatch?.destroy();
      readback.destroy();
    },
  };
}
