/** Measures how long dispatches take: with the GPU's clock if it has one, else with the CPU's. */

import type { Gpu } from './gpu';
import { createReadback } from './readback';
import { createStopwatch } from './stopwatch';

/** Records dispatches in a pass. */
export type Work = (pass: GPUComputePassEncoder) => void;

/** Measures dispatches. */
export interface Timer {
  /**
   * Returns the milliseconds of what `record` dispatches: the minimum of a few samples. Each later sample repeats the
   * dispatches until it is longer than the clock's resolution.
   * @param enough if the first sample takes more milliseconds than this, no more are measured; default: no limit
   * @throws if the device is lost
   */
  time(record: Work, enough?: number): Promise<number>;
  /**
   * Returns the milliseconds of `b` divided by those of `a`: the median of `pairs` pairs of samples. The two samples of
   * a pair follow each other directly, so that a change of the GPU's clock or other work disturbs both.
   * @param enough if the first pair's ratio is larger than this, no more are measured
   * @throws if the device is lost
   */
  ratio(a: Work, b: Work, pairs: number, enough: number): Promise<number>;
  /**
   * Records the dispatches `repetitions` times in one pass, and returns the milliseconds of one repetition.
   * @throws if the device is lost
   */
  sample(record: Work, repetitions: number): Promise<number>;
  /** Frees the timer's buffers. */
  destroy(): void;
}

/**
 * Milliseconds that a sample should take. Browsers round the GPU's clock to 0.1 ms or 65.536 us, which is at most 5 % of such a
 * sample; a submission takes up to 1 ms.
 */
const SAMPLE = { gpu: 2, cpu: 10 } as const;
const SAMPLES = 3;
const MOST_REPETITIONS = 256;
/** The time of a sample that a rounded clock shows as 0. */
const LEAST = 1e-6;

/** Creates a timer on a device. */
export function createTimer({ device }: Gpu): Timer {
  const stopwatch = createStopwatch(device, ['all']);
  const readback = createReadback(device, 'timer', 16);

  const sample = async (record: Work, repetitions: number) => {
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

  const wanted = stopwatch ? SAMPLE.gpu : SAMPLE.cpu;
  /** The repetitions of a sample, if one takes these milliseconds. A rounded clock may show 0. */
  const repetitionsFor = (ms: number) =>
    Math.ceil(wanted / Math.min(wanted, Math.max(ms, wanted / MOST_REPETITIONS)));

  return {
    sample,
    async time(record, enough = Infinity) {
      await sample(record, 1); // some drivers compile a kernel at its first run
      const first = await sample(record, 1);
      if (first > enough) return first;
      let repetitions = repetitionsFor(first);
      let least = repetitions === 1 ? first : Infinity; // a shorter sample may be rounded to nothing
      for (let i = 1; i < SAMPLES; i++) {
        least = Math.min(least, await sample(record, repetitions));
        // The first sample may have been slow for other reasons.
        repetitions = Math.max(repetitions, repetitionsFor(least));
      }
      return least;
    },
    async ratio(a, b, pairs, enough) {
      for (const each of [a, b]) await sample(each, 1);
      const [once, other] = [await sample(a, 1), await sample(b, 1)];
      const repetitions = { a: repetitionsFor(once), b: repetitionsFor(other) };
      const ratios = repetitions.a + repetitions.b === 2 ? [other / Math.max(once, LEAST)] : [];
      while (ratios.length < pairs && !(ratios[0] > enough)) {
        const first = await sample(a, repetitions.a);
        ratios.push((await sample(b, repetitions.b)) / Math.max(first, LEAST));
      }
      return median(ratios);
    },
    destroy() {
      stopwatch?.destroy();
      readback.destroy();
    },
  };
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};
