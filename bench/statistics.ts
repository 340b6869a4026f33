/** How a list of times is summed up. */

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Nearest-rank percentiles. @throws if there are no values */
export function percentiles(values: readonly number[]): Percentiles {
  if (!values.length) throw new Error('no values were measured');
  const sorted = values.toSorted((a, b) => a - b);
  const at = (p: number) => sorted[Math.ceil((p / 100) * sorted.length) - 1];
  return { p50: at(50), p90: at(90), p99: at(99) };
}

export const median = (values: readonly number[]): number => percentiles(values).p50;
