/** Measures how long compute passes take on the GPU, with timestamp queries. */

import type { ReadbackSource } from './readback';

/** Measures compute passes, each under a name. */
export interface Stopwatch<Name extends string> {
  /** Returns `timestampWrites` for the descriptor of the pass with this name. */
  writes(name: Name): GPUComputePassTimestampWrites;
  /** Records the collection of the times; call it after the passes. Returns the buffer that will contain the times. */
  record(encoder: GPUCommandEncoder): ReadbackSource;
  /** Returns milliseconds by name, from the bytes that were read back. Browsers may round to 0.1 ms. */
  read(bytes: ArrayBuffer): Record<Name, number>;
  /** Frees the queries and the buffer. */
  destroy(): void;
}

/** Creates a stopwatch; undefined if the device has no timestamp queries. */
export function createStopwatch<Name extends string>(
  device: GPUDevice,
  names: readonly Name[],
): Stopwatch<Name> | undefined {
  if (!device.features.has('timestamp-query')) return undefined;
  const count = 2 * names.length;
  const querySet = device.createQuerySet({ label: 'stopwatch', type: 'timestamp', count });
  const buffer = device.createBuffer({
    label: 'stopwatch',
    size: 8 * count,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  return {
    writes(name) {
      const at = 2 * names.indexOf(name);
      return { querySet, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 };
    },
    record(encoder) {
      encoder.resolveQuerySet(querySet, 0, count, buffer, 0);
      return { buffer, bytes: 8 * count };
    },
    read(bytes) {
      const nanoseconds = new BigUint64Array(bytes);
      const entries = names.map((name, i) => [
        name,
        Number(nanoseconds[2 * i + 1] - nanoseconds[2 * i]) / 1e6,
      ]);
      return Object.fromEntries(entries) as Record<Name, number>;
    },
    destroy() {
      querySet.destroy();
      buffer.destroy();
    },
  };
}
