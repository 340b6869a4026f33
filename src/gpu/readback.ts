/** Reads results from the GPU, through several mappable buffers, so that one read does not wait for another. */

/** A part of a buffer that is read. */
export interface ReadbackSource {
  /** The buffer; it needs the usage COPY_SRC. */
  readonly buffer: GPUBuffer;
  /** How many bytes are read, from the buffer's start; a multiple of four. */
  readonly bytes: number;
}

/** Reads buffers of the GPU. */
export interface Readback {
  /** Records copies of the sources. The caller calls `read` after the submission. */
  record(encoder: GPUCommandEncoder, sources: readonly ReadbackSource[]): PendingRead;
  /** Destroys all buffers. Pending reads reject. */
  destroy(): void;
}

/** A read whose copies are recorded. */
export interface PendingRead {
  /** Returns the bytes of the sources, concatenated. @throws if the device is lost or the readback is destroyed */
  read(): Promise<ArrayBuffer>;
}

/**
 * Creates a readback.
 * @param bytes the maximum number of bytes of one read
 * @param slots how many buffers are created at once, default 0; more are created when more reads are pending
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
 * Firefox checks only every 100 ms, and at each submission, whether a buffer is mapped. So this function submits an
 * empty list of commands every millisecond until the buffer is mapped (Mozilla's bug 1870699). Other browsers do not
 * need this.
 */
function nudge(device: GPUDevice, mapped: Promise<unknown>): void {
  if (!globalThis.navigator?.userAgent?.includes('Firefox/')) return;
  const timer = setInterval(() => device.queue.submit([]), 1);
  const stop = () => clearInterval(timer);
  mapped.then(stop, stop);
}
