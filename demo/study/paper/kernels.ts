/** Runs one kernel on arrays, and measures how long it takes. */

import type { Candidates } from '../../../shaders/plan/plan';
import { bindPass, bytesFor, dispatch, type Gpu } from '../../../src/gpu/gpu';
import { createReadback } from '../../../src/gpu/readback';
import { createTimer, type Timer } from '../../../src/gpu/timer';
import { createOwner } from '../../../src/vision/owned';

/** The name of a kernel that ran, and its time. */
export interface Ran {
  /** The folder of the kernel under shaders/. */
  readonly kernel: string;
  /** What it did, in a few words. */
  readonly what: string;
  /** The variant of the kernel; absent if it has only one. */
  readonly variant?: string;
  /** Milliseconds; undefined if they could not be measured. */
  readonly ms: number | undefined;
}

/** An array that a kernel reads. */
type Data = Float32Array | Uint32Array;

/** A kernel with its operands. */
export interface Job {
  /** A name for WebGPU's labels and for errors. */
  readonly label: string;
  /** The plans of the kernel; the first of one pass is used. */
  readonly candidates: Candidates;
  /** The arrays that it reads, by name. */
  readonly operands: Readonly<Record<string, Data>>;
  /** The name of the array that it writes. */
  readonly output: string;
  /** How many numbers it writes. */
  readonly length: number;
  /** The picture that it reads: bind group 1. */
  readonly picture?: GPUBindGroup;
}

/** Runs kernels on a GPU. */
export interface Runner {
  /**
   * Runs a kernel and returns what it wrote, and its milliseconds: the minimum of a few samples.
   * @throws if the pipeline can't be created, or if the device is lost
   */
  run(job: Job): Promise<{ readonly y: Float32Array; readonly ms: number }>;
  /** Frees the timer. */
  destroy(): void;
}

/** Creates a runner. */
export function createRunner(gpu: Gpu): Runner {
  const timer = createTimer(gpu);
  return { run: (job) => runOnce(gpu, timer, job), destroy: () => timer.destroy() };
}

async function runOnce(gpu: Gpu, timer: Timer, job: Job) {
  const { device } = gpu;
  const { own, destroyAll } = createOwner();
  const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
  const buffer = (name: string, length: number) => {
    const label = `${job.label}/${name}`;
    return own(device.createBuffer({ label, size: bytesFor(length), usage: STORAGE | COPY_DST | COPY_SRC }));
  };
  try {
    const buffers: Record<string, GPUBuffer> = { [job.output]: buffer(job.output, job.length) };
    for (const [name, data] of Object.entries(job.operands)) {
      buffers[name] = buffer(name, data.length);
      device.queue.writeBuffer(buffers[name], 0, data as Data & ArrayBufferView<ArrayBuffer>);
    }
    const bound = await bindPass(gpu, job.label, job.candidates.start.passes[0], buffers);
    const record = (pass: GPUComputePassEncoder) => {
      if (job.picture) pass.setBindGroup(1, job.picture);
      dispatch(pass, bound, 1);
    };
    const ms = await timer.time(record);
    const readback = own(createReadback(device, job.label, 4 * job.length));
    const encoder = device.createCommandEncoder({ label: job.label });
    const pending = readback.record(encoder, [{ buffer: buffers[job.output], bytes: 4 * job.length }]);
    device.queue.submit([encoder.finish()]);
    return { y: new Float32Array(await pending.read()), ms };
  } finally {
    destroyAll();
  }
}
