/** What the lowerings of decision values share. */

import type { Placed } from '../program';

/** The decision values d (B,P) of a machine, and its number of support vectors. */
export interface Decisions {
  readonly d: Placed;
  readonly S: number;
}

/** The first support vector of each class, and the number of support vectors. */
export const firstOf = (counts: readonly number[]): Uint32Array =>
  Uint32Array.from({ length: counts.length + 1 }, (_, c) =>
    counts.slice(0, c).reduce((sum, n) => sum + n, 0),
  );

/** The floating-point operations of decision values. */
export const flopOf = (B: number, K: number, S: number, classes: number): number =>
  2 * B * S * (K + classes - 1);
