/** Counts what the invocations of a trace read, write and compute. */

import type { PassTrace } from './trace';

/** What the invocations of a pass do. */
export interface Counts {
  /** Invocations that read or write something; the others end at the bounds test. */
  readonly invocations: number;
  /** Reads of storage by one of them, on average, in elements and in numbers. */
  readonly loads: number;
  readonly numbersLoaded: number;
  /** Reads of workgroup memory by one of them, on average, in elements. */
  readonly sharedLoads: number;
  /** Numbers that one of them writes to storage, on average. */
  readonly numbersStored: number;
  /** Bytes that all of them together read from and write to storage, counting each access. */
  readonly bytes: number;
  /** How often the invocations of a workgroup read the same element of storage, on average. */
  readonly reuse: number;
}

/** Counts the accesses of a pass. */
export function countsOf({ invocations, variables, workgroupSize, accesses }: PassTrace): Counts {
  let [loads, numbersLoaded, sharedLoads, numbersStored, bytes] = [0, 0, 0, 0, 0];
  const read = new Set<string>();
  for (const invocation of invocations) {
    const workgroup = Math.floor(invocation / workgroupSize);
    for (const { variable, kind, index } of accesses(invocation)) {
      const { space, numbers, bytes: size } = variables[variable];
      if (space === 'workgroup') {
        if (kind !== 'write') sharedLoads++;
        continue;
      }
      bytes += kind === 'update' ? 2 * size : size;
      if (kind !== 'write') {
        loads++;
        numbersLoaded += numbers;
        read.add(`${workgroup} ${variable} ${index}`);
      }
      if (kind !== 'read') numbersStored += numbers;
    }
  }
  const each = (sum: number) => sum / Math.max(1, invocations.length);
  return {
    ...{ invocations: invocations.length, bytes, reuse: read.size ? loads / read.size : 0 },
    ...{ loads: each(loads), numbersLoaded: each(numbersLoaded) },
    ...{ sharedLoads: each(sharedLoads), numbersStored: each(numbersStored) },
  };
}
