/** Results from the GPU: a ring of buffers that can be mapped, so that one read doesn't wait for another. */

export interface ReadbackSource {
  readonly buffer: GPUBuffer;
  /** From the buffer's start; a multiple of four. */
  readonly bytes: number;
}

export interface Readback {
  /** Records copies of the sources; call `read` after the submission. */
  record(encoder: GPUCommandEncoder, sources: readonly ReadbackSource[]): PendingRead;
  destroy(): void;
}

export interface PendingRead {
  /** The sources' bytes, one after the other. Rejects if the device is lost meanwhile. */
  read(): Promise<ArrayBuffer>;
}

/**
 * `bytes` is the most that a read will hold. The ring has so many `slots` from the start, and grows when more reads
 * are under way.
 */
export function createReadback(device: GPUDevice, label: string, bytes: number, slots = 0): Readback {
  const all: GPUBuffer[] = [];
  const free: GPUBuffer[] = [];
  let destroyed = false;
  const make = (): GPUBuffer => {
    const buffer = device.createBuffer({
      label: `${label}/read-back ${all.length}`,
      size: Math.max(bytes, 16),
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    all.push(buffer);
    return buffer;
  };
  for (let i = 0; i < slots; i++) free.push(make());
  return {
    record(encoder, sources) {
      const slot = free.pop() ?? make();
      let offset = 0;
      for (const source of sources) {
        encoder.copyBufferToBuffer(source.buffer, 0, slot, offset, source.bytes);
        offset += source.bytes;
      }
      return {
        async read() {
          const mapped = slot.mapAsync(GPUMapMode.READ, 0, offset);
          nudge(device, mapped);
          await mapped.catch((error: Error) => {
            throw destroyed ? new Error(`${label}: was destroyed while it ran`) : error;
          });
          const data = slot.getMappedRange(0, offset).slice(0);
          slot.unmap();
          if (!destroyed) free.push(slot);
          return data;
        },
      };
    },
    destroy() {
      destroyed = true;
      for (const buffer of all) buffer.destroy();
    },
  };
}

/**
 * Firefox looks only every 100 ms whether a buffer is mapped, and at each submission; so it is given empty ones while
 * one waits (Mozilla's bug 1870699). Other browsers need none.
 */
function nudge(device: GPUDevice, mapped: Promise<unknown>): void {
  if (!globalThis.navigator?.userAgent?.includes('Firefox/')) return;
  const timer = setInterval(() => device.queue.submit([]), 1);
  const stop = () => clearInterval(timer);
  mapped.then(stop, stop);
}
