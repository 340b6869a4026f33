/** What all ceilings need: two buffers, and passes that bind them. */

import type { Kernel, Pass, WgslFile } from '../../shaders/plan/plan';
import type { Gpu } from '../../src/gpu/gpu';

export interface Buffers {
  /** (4096) numbers: 0.999, 0.001, 0.5, 0.499, then zeros; then as many zeros as wanted. */
  readonly x: GPUBuffer;
  readonly y: GPUBuffer;
  destroy(): void;
}

export function createBuffers(gpu: Gpu, bytes = 2 ** 20): Buffers {
  const usage =
    GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC | GPUBufferUsage.INDIRECT;
  const [x, y] = ['x', 'y'].map((label) => gpu.device.createBuffer({ label, size: bytes, usage }));
  gpu.device.queue.writeBuffer(x, 0, Float32Array.of(0.999, 0.001, 0.5, 0.499));
  const destroy = () => {
    x.destroy();
    y.destroy();
  };
  return { x, y, destroy };
}

export const passOf = (kernel: Kernel, workgroups: number, constants: Record<string, number> = {}): Pass => ({
  ...{ kernel, constants, bindings: ['x', 'y'], workgroups: [workgroups, 1, 1] },
});

export const kernelOf = (name: string, files: readonly WgslFile[]): Kernel => ({
  name: `bench ${name}`,
  files,
});
