/** What a kernel's `.cases.ts` contains: inputs to run it on, the expected result in float64, and the tolerance. */

import type { Candidates } from '../plan/plan';

/** RGBA with 8 bits per channel, rows from the top. A kernel reads it as `texture_2d<f32>`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export type Operand = Float32Array | Uint32Array | Picture;

/** An element may differ from the reference by abs + rel |reference|. */
export interface Tolerance {
  readonly abs: number;
  readonly rel: number;
  readonly why: string;
}

export interface BuiltCase {
  /** All of these plans are run. */
  readonly candidates: Candidates;
  /** Items of the batch that run. The operands have the size of the planned batch, which may be larger. */
  readonly batch: number;
  readonly operands: Readonly<Record<string, Operand>>;
  /**
   * What the last pass writes, in float64. NaN: any finite number is accepted (padding of the channels). Infinity:
   * the pass writes nothing there.
   */
  readonly expected: Float64Array;
  readonly tolerance: Tolerance;
  /** Arithmetic operations, and the minimum of bytes that are read and written, for the benchmark. */
  readonly cost: { readonly flop: number; readonly bytes: number };
}

/** The size of a layer: what a phone, a laptop and a workstation compute in about a millisecond. */
export type LayerSize = 'phone' | 'laptop' | 'workstation';

export interface Case {
  readonly name: string;
  /** The size of layer for which the benchmark runs the case; default: it does not. Tests leave larger ones than phone out. */
  readonly timed?: LayerSize;
  /** Whether the course draws this case. Default: it draws the case with the best size of those that a variant has. */
  readonly drawn?: boolean;
  /**
   * Builds the inputs.
   * @param reference whether to compute `expected`. If `false`, it has the right length and zeros, which only cases
   *   larger than phone need. Default: true.
   */
  build(reference?: boolean): BuiltCase;
}

/** Whether tests run a case: the reference of a larger one takes too long. */
export const isTestable = ({ timed }: Case): boolean => !timed || timed === 'phone';

export interface KernelCases {
  readonly kernel: string;
  readonly cases: readonly Case[];
}

/** Half an ulp of 1 in f32: the largest relative error of one rounding. */
export const EPS = 2 ** -24;

/** Tolerance for a number of roundings, each of at most EPS of the result. Default of `abs`: 0. */
export const rounded = (roundings: number, why: string, abs = 0): Tolerance => ({
  ...{ abs, rel: roundings * EPS, why },
});

/** Tolerance for a kernel that only moves or chooses numbers. */
export const exact: Tolerance = { abs: 0, rel: 0, why: 'no arithmetic' };

/**
 * Tolerance for a sum of n products of numbers in -1..1, in any order. Each of the n roundings is at most EPS of a
 * partial sum. The partial sums are a random walk with steps below 1, so they stay near sqrt(n). The n independent
 * roundings add up like another random walk, to sqrt(n) EPS sqrt(n) = n EPS. The tolerance is twice that, plus `after`
 * roundings (default 4) for what follows the sum.
 */
export const sumTolerance = (n: number, after = 4): Tolerance => ({
  abs: 2 * (n + 4) * EPS,
  rel: after * EPS,
  why: `${n} products of numbers in -1..1, and ${after} roundings after the sum`,
});

/** `length` uniform random numbers in low..high (default -1..1) from a seed (mulberry32). */
export function random(seed: number, length: number, low = -1, high = 1): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return low + (high - low) * (((t ^ (t >>> 14)) >>> 0) / 2 ** 32);
  });
}
