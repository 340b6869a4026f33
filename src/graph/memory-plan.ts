/** Decides which values share a buffer: values that are never needed at the same time. */

/** The size of a value, and the steps during which it is needed. */
export interface Lifetime {
  /** The value's size in bytes. */
  readonly bytes: number;
  /** The step that writes it. */
  readonly first: number;
  /** The last step that reads it. */
  readonly last: number;
}

/** Which values share memory. A slot is a buffer. */
export interface MemoryPlan {
  /** The number of the slot of each lifetime. */
  readonly slots: readonly number[];
  /** The size of each slot in bytes. */
  readonly sizes: readonly number[];
}

/**
 * Assigns a slot to each lifetime, from the largest to the smallest value. Each takes the first slot that no other
 * value uses during its lifetime. A slot is a whole buffer, since in WebGPU a dispatch can't both read and write one
 * buffer.
 * (Pisarchyk and Lee, Efficient memory management for deep neural net inference, 2020: "greedy by size".)
 */
export function planMemory(lifetimes: readonly Lifetime[]): MemoryPlan {
  const order = lifetimes.map((_, i) => i).sort((a, b) => lifetimes[b].bytes - lifetimes[a].bytes);
  const slots = new Array<number>(lifetimes.length);
  const sizes: number[] = [];
  const tenants: Lifetime[][] = [];
  for (const i of order) {
    const { bytes, first, last } = lifetimes[i];
    let slot = tenants.findIndex((living) => living.every((t) => t.last < first || t.first > last));
    if (slot < 0) {
      slot = tenants.length;
      tenants.push([]);
      sizes.push(bytes);
    }
    tenants[slot].push(lifetimes[i]);
    slots[i] = slot;
  }
  return { slots, sizes };
}
