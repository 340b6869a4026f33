/** What a kernel's `.cases.ts` holds: inputs to run it on, the answer in float64, and how near it must come. */

import type { Candidates } from '../plan/plan';

/** RGBA, 8 bits a channel, rows from the top: what a kernel sees as `texture_2d<f32>`. */
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
  /** Each is run. */
  readonly candidates: Candidates;
  /** Items of the batch that run; the operands are as large as the batch that was planned for. */
  readonly batch: number;
  readonly operands: Readonly<Record<string, Operand>>;
  /**
   * What the last pass writes, in float64; NaN where any finite number will do (lanes past the channels), infinite
   * where it writes nothing.
   */
  readonly expected: Float64Array;
  readonly tolerance: Tolerance;
  /** Arithmetic and the least traffic, for the benchmark. */
  readonly cost: { readonly flop: number; readonly bytes: number };
}

export interface Case {
  readonly name: string;
  /** In the benchmark; `large`: only on real GPUs, and never in a test. */
  readonly timed?: boolean | 'large';
  build(): BuiltCase;
}

export interface KernelCases {
  readonly kernel: string;
  readonly cases: readonly Case[];
}

/** Half an ulp of 1 in f32: the largest relative error of one rounding. */
export const EPS = 2 ** -24;

/** For some roundings, each of at most EPS of the result. */
export const rounded = (roundings: number, why: string, abs = 0): Tolerance => ({
  ...{ abs, rel: roundings * EPS, why },
});

/** For what only moves or chooses numbers. */
export const exact: Tolerance = { abs: 0, rel: 0, why: 'no arithmetic' };

/**
 * For a sum of n products of numbers in -1..1, in any order. Each of the n roundings is at most EPS of a partial
 * sum; the partial sums, a random walk of steps below 1, stay near sqrt(n); n independent roundings add up like
 * another random walk, to sqrt(n) EPS sqrt(n) = n EPS. Twice that, and a few roundings for what follows the sum.
 */
export const sumTolerance = (n: number, after = 4): Tolerance => ({
  abs: 2 * (n + 4) * EPS,
  rel: after * EPS,
  why: `${n} products of numbers in -1..1, and ${after} roundings after the sum`,
});

/** Uniform numbers in low..high from a seed (mulberry32). */
export function random(seed: number, length: number, low = -1, high = 1): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return low + (high - low) * (((t ^ (t >>> 14)) >>> 0) / 2 ** 32);
  });
}
