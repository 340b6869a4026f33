/** Statistics of a list of times. */

/** Percentiles of a list of values. */
export interface Percentiles {
  /** 50th percentile, the median. */
  readonly p50: number;
  /** 90th percentile. */
  readonly p90: number;
  /** 99th percentile. */
  readonly p99: number;
}

/** Computes percentiles by the nearest-rank method. @throws Error if there are no values */
export function percentiles(values: readonly number[]): Percentiles {
  if (!values.length) throw new Error('no values were measured');
  const sorted = values.toSorted((a, b) => a - b);
  const at = (p: number) => sorted[Math.ceil((p / 100) * sorted.length) - 1];
  return { p50: at(50), p90: at(90), p99: at(99) };
}

/** Computes the median by the nearest-rank method. @throws Error if there are no values */
export const median = (values: readonly number[]): number => percentiles(values).p50;
