/** The roofline of a report: which ceiling limits a kernel, and how close the kernel comes to it. */

import type { Report, Row } from './report';

/** The ceilings that limit kernels. */
export interface Roof {
  /** The largest multiply-add rate, in GFLOP/s. */
  readonly gflops: number;
  /** The largest bandwidth of storage, in GB/s. */
  readonly gbs: number;
}

/** The ceilings of a report; undefined if it does not contain them. */
export function ceilingsOf({ rows }: Pick<Report, 'rows'>): Roof | undefined {
  const largest = (ids: readonly string[]) =>
    Math.max(0, ...rows.filter(({ id }) => ids.includes(id)).map(({ value }) => value));
  // Not f16: a kernel in f32 can't reach it, and one in f16 stores f16 and adds f32.
  const gflops = largest(['ceilings/f32', 'ceilings/vec4f']);
  const gbs = largest(['ceilings/read', 'ceilings/copy']);
  return gflops && gbs ? { gflops, gbs } : undefined;
}

/** Operations for each byte that a kernel must at least move. */
export const intensityOf = ({ flop, bytes }: Row): number | undefined =>
  flop && bytes ? flop / bytes : undefined;

/** The rate that the ceilings allow at an intensity, in GFLOP/s. */
export const roofAt = ({ gflops, gbs }: Roof, intensity: number): number => Math.min(gflops, gbs * intensity);

/** Which ceiling limits a kernel. */
export const limitOf = ({ gflops, gbs }: Roof, intensity: number): 'arithmetic' | 'memory' =>
  gbs * intensity < gflops ? 'memory' : 'arithmetic';

/**
 * The share of the ceiling that a kernel reaches, by the operations and bytes of its definition. It may exceed 1: caches
 * are faster than memory, and Winograd's convolutions need fewer multiplications.
 */
export function shareOf(row: Row, roof: Roof | undefined): number | undefined {
  const intensity = intensityOf(row);
  if (roof && row.group === 'kernels' && row.unit === 'GB/s') return row.value / roof.gbs;
  return roof && intensity !== undefined ? row.value / roofAt(roof, intensity) : undefined;
}
