/** How a row is measured: equally long samples, until the median is certain or the time is over. */

/** A sample: does the work `repetitions` times and returns milliseconds per repetition. */
export type Sample = (repetitions: number) => Promise<number>;

/** Limits of a measurement. */
export interface Limits {
  /** Milliseconds that a sample should take. Clocks of browsers are rounded to 0.1 ms or more, so a sample is long. */
  readonly sample: number;
  /** Maximum milliseconds of all samples together. */
  readonly most: number;
  /** Maximum number of repetitions in a sample. Default: 65,536. */
  readonly repetitions?: number;
  /** Maximum number of samples. Default: no limit. With 1, there is no warming up. */
  readonly samples?: number;
  /** Is called between samples; what it throws ends the measurement. */
  readonly check?: () => void;
}

/** Half of the 95 % interval may be at most this share of the median; otherwise the row is noisy. */
export const PRECISION = 0.03;

/** Minimum number of samples: the quartiles of fewer mean nothing. */
const LEAST_SAMPLES = 5;

/** Two samples in a row that differ by less than this are warm. */
const WARM = 0.05;

/** A summary of samples. */
export interface Summary {
  /** The median. */
  readonly value: number;
  /** The quartiles, between which half of the samples are. */
  readonly q1: number;
  readonly q3: number;
  /** The 95 % interval of the median. */
  readonly low: number;
  readonly high: number;
}

/**
 * Summarises samples. The 95 % interval of the median is median +- 1.57 IQR / sqrt(n) (McGill, Tukey and Larsen,
 * Variations of Box Plots, The American Statistician 32, 1978).
 * @throws Error if there are no samples
 */
export function summarise(samples: readonly number[]): Summary {
  if (!samples.length) throw new Error('no samples were taken');
  const sorted = samples.toSorted((a, b) => a - b);
  const [q1, value, q3] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share));
  const half = (1.57 * (q3 - q1)) / Math.sqrt(samples.length);
  return { value, q1, q3, low: value - half, high: value + half };
}

/** The quantile of sorted numbers, interpolated between the two nearest ones. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** Whether a median is certain enough. */
export const isPrecise = ({ value, low, high }: Summary): boolean =>
  Math.max(value - low, high - value) <= PRECISION * Math.abs(value);

/**
 * Takes samples: first until two in a row are equally fast (warm, and with a clock that does not ramp any more), then
 * until the median is certain.
 * @returns milliseconds per repetition, a number for each sample
 * @throws what `sample` and `limits.check` throw
 */
export async function takeSamples(sample: Sample, limits: Limits): Promise<number[]> {
  const { check, repetitions: mostRepetitions = 65_536, samples: mostSamples = Infinity } = limits;
  const started = performance.now();
  const spent = () => performance.now() - started;
  let repetitions = 1;
  let last = Number.POSITIVE_INFINITY;
  // Warming up takes at most a third of the time.
  while (mostSamples > 1) {
    check?.();
    const ms = await sample(repetitions);
    const wanted = Math.ceil(limits.sample / Math.max(ms, limits.sample / mostRepetitions));
    const isLong = ms * repetitions > limits.sample / 2 || repetitions === mostRepetitions;
    if (isLong && (Math.abs(ms - last) < WARM * last || spent() > limits.most / 3)) break;
    last = isLong ? ms : last;
    // Grows step by step, since the first sample of a kernel may also contain its compilation.
    repetitions = isLong ? wanted : Math.min(wanted, repetitions * 16);
  }
  const samples: number[] = [];
  const isEnough = () =>
    samples.length >= LEAST_SAMPLES && (spent() >= limits.most || isPrecise(summarise(samples)));
  while (samples.length < mostSamples && !isEnough()) {
    check?.();
    samples.push(await sample(repetitions));
    if (spent() > 2 * limits.most && samples.length >= 3) break; // one repetition alone takes too long
  }
  return samples;
}
