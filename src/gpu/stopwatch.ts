/** How long each of some compute passes takes on the GPU, by timestamp queries. */

import type { ReadbackSource } from './readback';

export interface Stopwatch<Name extends string> {
  /** For the descriptor of the pass that has this name. */
  writes(name: Name): GPUComputePassTimestampWrites;
  /** Records that the times are collected, behind the passes; where they then stand. */
  record(encoder: GPUCommandEncoder): ReadbackSource;
  /** Milliseconds, from what was read back. Browsers may round to 0.1 ms. */
  read(bytes: ArrayBuffer): Record<Name, number>;
  destroy(): void;
}

/** Undefined where the device has no timestamp queries. */
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
