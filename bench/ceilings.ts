/** Measures the maximum rates of an adapter: multiply-adds in registers, and memory bandwidth. */

import type { Kernel } from '../shaders/plan/plan';
import { repeat } from '../shaders/plan/repeat';
import { bindPass, dispatch, type Gpu } from '../src/gpu/gpu';
import { createTimer } from '../src/gpu/timer';
import bandwidth from './bandwidth.wgsl?raw';
import peak from './peak.wgsl?raw';

/** The maximum rates of an adapter. */
export interface Ceilings {
  /** GFLOP/s by the type of the sums. A multiply-add is 2 FLOP. */
  readonly peak: { readonly f32: number; readonly vec4f: number };
  /** The larger value of `peak`. */
  readonly gflops: number;
  /** GB/s, reads and writes together. */
  readonly gbs: number;
}

const peakKernel = (type: string): Kernel => ({
  name: `peak ${type}`,
  files: [
    { name: 'number.wgsl', code: `alias Number = ${type};` },
    { name: 'peak.wgsl', code: repeat(peak, 8) },
  ],
});

/** Measures the maximum rates of an adapter. */
export async function measureCeilings(gpu: Gpu): Promise<Ceilings> {
  const timer = createTimer(gpu);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const bytes = Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.isSoftware ? 2 ** 24 : 2 ** 27);
  const buffers = ['x', 'y'].map((label) => gpu.device.createBuffer({ label, size: bytes, usage }));
  const [x, y] = buffers;
  gpu.device.queue.writeBuffer(x, 0, Float32Array.of(0.999, 0.001, 0.5));
  const time = async (kernel: Kernel, constants: Record<string, number>, workgroups: number) => {
    const pass = { kernel, constants, bindings: ['x', 'y'], workgroups: [workgroups, 1, 1] } as const;
    const step = await bindPass(gpu, kernel.name, pass, { x, y });
    return timer.time((encoder) => dispatch(encoder, step, 1));
  };
  // Long enough that the start of a dispatch is negligible.
  const [groups, ROUNDS] = gpu.isSoftware ? [64, 1024] : [4096, 8192];
  const gflops = async (type: string, lanes: number) =>
    (groups * 64 * ROUNDS * 8 * lanes * 2) / (await time(peakKernel(type), { ROUNDS }, groups)) / 1e6;
  try {
    const found = { f32: await gflops('f32', 1), vec4f: await gflops('vec4f', 4) };
    const copy = { name: 'bandwidth', files: [{ name: 'bandwidth.wgsl', code: bandwidth }] };
    const vectors = Math.min(bytes / 16, 65535 * 64);
    const gbs = (2 * 16 * vectors) / (await time(copy, {}, Math.ceil(vectors / 64))) / 1e6;
    return { peak: found, gflops: Math.max(found.f32, found.vec4f), gbs };
  } finally {
    for (const buffer of buffers) buffer.destroy();
    timer.destroy();
  }
}
