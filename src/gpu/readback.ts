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

/** `bytes` is the most that a read will hold. The ring grows when more reads are under way than it has slots. */
export function createReadback(device: GPUDevice, label: string, bytes: number): Readback {
  const all: GPUBuffer[] = [];
  const free: GPUBuffer[] = [];
  let destroyed = false;
  const take = (): GPUBuffer => {
    const waiting = free.pop();
    if (waiting) return waiting;
    const buffer = device.createBuffer({
      label: `${label}/read-back ${all.length}`,
      size: Math.max(bytes, 16),
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    all.push(buffer);
    return buffer;
  };
  return {
    record(encoder, sources) {
      const slot = take();
      let offset = 0;
      for (const source of sources) {
        encoder.copyBufferToBuffer(source.buffer, 0, slot, offset, source.bytes);
        offset += source.bytes;
      }
      return {
        async read() {
          await slot.mapAsync(GPUMapMode.READ, 0, offset).catch((error: Error) => {
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
