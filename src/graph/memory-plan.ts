/** Which buffers may share memory: those that are never needed at once. */

export interface Lifetime {
  readonly bytes: number;
  /** The step that writes it, and the last one that reads it. */
  readonly first: number;
  readonly last: number;
}

export interface MemoryPlan {
  /** For each lifetime, the slot it lives in. */
  readonly slots: readonly number[];
  /** Bytes of each slot. */
  readonly sizes: readonly number[];
}

/**
 * Greedy by size: the largest buffer first takes the first slot in which nobody lives at its time. A slot is a
 * buffer of its own, since WebGPU lets no dispatch read and write one buffer.
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
