/** Experiments about invocations that use the same memory: races and barriers. */

import type { Gpu } from '../../src/gpu/gpu';
import { kernels } from './kernels';
import { launch } from './launch';

/** How many invocations add 1 to the counter. */
export const INCREMENTS = 65_536;

/** Adds 1 to a counter from many invocations, and returns the counter. @param atomic whether each addition is one step */
export async function count(gpu: Gpu, atomic: boolean): Promise<number> {
  const kernel = atomic ? kernels.atomicAdd : kernels.race;
  const [y] = await launch(gpu, { kernel, workgroups: [INCREMENTS / 64, 1], length: 1, before: 0 });
  return y;
}

/** Lanes of a workgroup that reverses its numbers, and how many workgroups do. */
export const REVERSED = { lanes: 128, groups: 256 } as const;

/** The reversed numbers of all workgroups. */
export interface Reversed {
  /** How many numbers of all workgroups are wrong. */
  readonly wrong: number;
  /** The workgroup that is shown: the first one with a wrong number, or the first of all. */
  readonly group: number;
  /** Its numbers. The right ones are 128, 127, ..., 1. */
  readonly numbers: readonly number[];
}

/** Reverses the numbers 1 to 128 in each workgroup. @param barrier whether the kernel waits until all have written */
export async function reverse(gpu: Gpu, barrier: boolean): Promise<Reversed> {
  const { lanes, groups } = REVERSED;
  const y = await launch(gpu, {
    kernel: barrier ? kernels.reverse : kernels.reverseNoBarrier,
    workgroups: [groups, 1],
    x: Uint32Array.from({ length: lanes * groups }, (_, at) => (at % lanes) + 1),
    length: lanes * groups,
  });
  const isWrong = (value: number, at: number) => value !== reversedAt(at % lanes);
  const group = Math.max(0, Math.floor(y.findIndex(isWrong) / lanes));
  return {
    wrong: y.filter(isWrong).length,
    group,
    numbers: [...y.subarray(group * lanes, (group + 1) * lanes)],
  };
}

/** The right number of a lane after reversing. */
export const reversedAt = (lane: number): number => REVERSED.lanes - lane;
