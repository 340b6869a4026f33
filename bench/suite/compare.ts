/** Compares two reports, row by row. */

import { isLessBetter, MOST_DRIFT, type Report, type Row } from './report';

/** Two rows with the same id. */
export interface Difference {
  readonly id: string;
  readonly title: string;
  readonly unit: Row['unit'];
  readonly before: Row;
  readonly after: Row;
  /** How many times as good `after` is: above 1 is better, also where less is better. */
  readonly ratio: number;
  /** The 95 % interval of the ratio. */
  readonly low: number;
  readonly high: number;
  /** Whether the interval does not contain 1, and neither row is marked as slowed down or hidden. */
  readonly isCertain: boolean;
}

/** The comparison of two reports. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** Titles of the rows that only one report contains. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

/** Compares the rows that both reports contain. */
export function compareReports(before: Pick<Report, 'rows'>, after: Pick<Report, 'rows'>): Comparison {
  const others = new Map(after.rows.map((row) => [row.id, row]));
  const known = new Set(before.rows.map(({ id }) => id));
  const differences = before.rows.flatMap((row) => {
    const other = others.get(row.id);
    return other ? [differenceOf(row, other)] : [];
  });
  return {
    differences,
    onlyBefore: before.rows.filter(({ id }) => !others.has(id)).map(({ title }) => title),
    onlyAfter: after.rows.filter(({ id }) => !known.has(id)).map(({ title }) => title),
  };
}

/**
 * The ratio of two medians. The relative half-widths of their intervals are independent, so they are added in squares.
 */
export function differenceOf(before: Row, after: Row): Difference {
  const [from, to] = isLessBetter(before.unit) ? [after, before] : [before, after];
  const ratio = to.value / from.value;
  const half = ({ value, low, high }: Row) => Math.max(high - value, value - low) / Math.abs(value);
  const width = Math.hypot(half(before), half(after));
  const [low, high] = [ratio / (1 + width), ratio * (1 + width)];
  const isDisturbed = [before, after].some(({ hidden, drift }) => hidden || drift > MOST_DRIFT);
  return {
    ...{ id: before.id, title: before.title, unit: before.unit, before, after, ratio, low, high },
    isCertain: !isDisturbed && (low > 1 || high < 1),
  };
}

/** The differences that are certainly worse by more than a share, such as 0.1. */
export const regressions = (differences: readonly Difference[], share: number): Difference[] =>
  differences.filter(({ isCertain, high }) => isCertain && high < 1 - share);
