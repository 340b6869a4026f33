/** Runs a kernel once, or measures it. The buffers exist only during the run. */

import type { Kernel, Pass } from '../../shaders/plan/plan';
import { bindPass, bytesFor, dispatch, type Gpu } from '../../src/gpu/gpu';
import { createReadback } from '../../src/gpu/readback';
import { createTimer, type Work } from '../../src/gpu/timer';

/** Numbers of a kernel, as they lie in a buffer. */
export type Numbers = Uint32Array<ArrayBuffer>;

/** The value of the numbers of y that no invocation has written. No kernel of this folder writes it. */
export const UNTOUCHED = 0xffff_ffff;

/** A dispatch of a kernel that reads `x`, if it has one, and writes `y`. */
export interface Launch {
  readonly kernel: Kernel;
  /** The values of the kernel's overrides. Default: none. */
  readonly constants?: Readonly<Record<string, number>>;
  readonly workgroups: readonly [x: number, y: number];
  /** What the kernel reads: numbers, which are uploaded, or a buffer of the caller. Default: the kernel has no `x`. */
  readonly x?: Numbers | GPUBuffer;
  /** How many numbers `y` contains. */
  readonly length: number;
  /** The value of all numbers of `y` before the run. Default: UNTOUCHED. */
  readonly before?: number;
}

/** What a measured kernel wrote, and how long it took. */
export interface Measured {
  readonly y: Numbers;
  /** Milliseconds of one dispatch: the minimum of a few samples. */
  readonly ms: number;
}

/** Creates a buffer that contains these numbers. The caller destroys it. */
export function upload({ device }: Gpu, label: string, numbers: Numbers): GPUBuffer {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = device.createBuffer({ label, size: bytesFor(numbers.length), usage });
  device.queue.writeBuffer(buffer, 0, numbers);
  return buffer;
}

/** Runs a kernel once and returns `y`. @throws Error if the kernel does not compile or the device is lost */
export const launch = (gpu: Gpu, what: Launch): Promise<Numbers> => prepare(gpu, what, ({ run }) => run());

/** Runs a kernel once, then measures it. @throws Error if the kernel does not compile or the device is lost */
export const measure = (gpu: Gpu, what: Launch): Promise<Measured> =>
  prepare(gpu, what, async ({ run, record }) => {
    const y = await run();
    const timer = createTimer(gpu);
    try {
      return { y, ms: await timer.time(record) };
    } finally {
      timer.destroy();
    }
  });

/** A kernel that is bound to its buffers. */
interface Prepared {
  readonly record: Work;
  run(): Promise<Numbers>;
}

/** Creates the buffers of a kernel, calls `work`, and destroys the buffers. */
async function prepare<Result>(
  gpu: Gpu,
  { kernel, constants = {}, workgroups, x, length, before = UNTOUCHED }: Launch,
  work: (prepared: Prepared) => Promise<Result>,
): Promise<Result> {
  const { name } = kernel;
  const own = x instanceof Uint32Array ? upload(gpu, `${name}: x`, x) : undefined;
  const input = own ?? (x as GPUBuffer | undefined);
  const y = upload(gpu, `${name}: y`, new Uint32Array(length).fill(before));
  const readback = createReadback(gpu.device, name, 4 * length);
  const bindings = input ? ['x', 'y'] : ['y'];
  const pass: Pass = { kernel, constants, bindings, workgroups: [...workgroups, 1] };
  try {
    const step = await bindPass(gpu, name, pass, { y, ...(input && { x: input }) });
    const record: Work = (encoder) => dispatch(encoder, step, 1);
    const run = async () => {
      const encoder = gpu.device.createCommandEncoder({ label: name });
      const computePass = encoder.beginComputePass({ label: name });
      record(computePass);
      computePass.end();
      const pending = readback.record(encoder, [{ buffer: y, bytes: 4 * length }]);
      gpu.device.queue.submit([encoder.finish()]);
      return new Uint32Array(await pending.read());
    };
    return await work({ record, run });
  } finally {
    own?.destroy();
    y.destroy();
    readback.destroy();
  }
}
