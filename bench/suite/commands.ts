/** The ceilings of commands: how long a dispatch, a pass, a submission and reading back take. */

import type { WgslFile } from '../../shaders/plan/plan';
import { bindPass, dispatch, dispatchIndirect, type Gpu } from '../../src/gpu/gpu';
import { createBuffers, kernelOf, passOf } from './ceiling-passes';
import nothing from './ceilings/nothing.wgsl?raw';
import { type Item, type Ready, wallClock } from './item';

const nothingFiles: readonly WgslFile[] = [{ name: 'nothing.wgsl', code: nothing }];

/** What the items of commands need. */
interface Commands {
  readonly gpu: Gpu;
  readonly record: (pass: GPUComputePassEncoder) => void;
  readonly recordIndirect: (pass: GPUComputePassEncoder) => void;
  readonly y: GPUBuffer;
  submit(passes: number): void;
  done(): Promise<unknown>;
}

/** How long a kind of command takes. */
const command = (
  name: string,
  title: string,
  unit: 'µs' | 'ms',
  sampleOf: (
    commands: Commands,
    bench: Parameters<Item['prepare']>[0],
  ) => Pick<Ready, 'sample' | 'repetitions'>,
): Item => ({
  ...{ id: `ceilings/${name}`, group: 'ceilings', title, unit, wgsl: nothingFiles },
  async prepare(bench) {
    const { gpu } = bench;
    const { x, y, destroy } = createBuffers(gpu);
    const usage = GPUBufferUsage.INDIRECT | GPUBufferUsage.COPY_DST | GPUBufferUsage.STORAGE;
    const grids = gpu.device.createBuffer({ label: 'grids', size: 16, usage });
    gpu.device.queue.writeBuffer(grids, 0, Uint32Array.of(1, 1, 1));
    const step = await bindPass(gpu, name, passOf(kernelOf('nothing', nothingFiles), 1), { x, y });
    const record = (pass: GPUComputePassEncoder) => dispatch(pass, step, 1);
    const commands: Commands = {
      ...{ gpu, record, y },
      recordIndirect: (pass) => dispatchIndirect(pass, step, grids, 0),
      submit(passes) {
        const encoder = gpu.device.createCommandEncoder();
        for (let i = 0; i < passes; i++) {
          const pass = encoder.beginComputePass();
          record(pass);
          pass.end();
        }
        gpu.device.queue.submit([encoder.finish()]);
      },
      done: () => gpu.device.queue.onSubmittedWorkDone(),
    };
    return {
      ...sampleOf(commands, bench),
      value: (ms) => (unit === 'µs' ? 1000 * ms : ms),
      destroy() {
        grids.destroy();
        destroy();
      },
    };
  },
});

/** A sample that submits work and then waits once for all of it. */
const untilDone =
  ({ done }: Commands, submit: (repetitions: number) => void): Ready['sample'] =>
  async (repetitions) => {
    await done();
    const started = performance.now();
    submit(repetitions);
    await done();
    return (performance.now() - started) / repetitions;
  };

export const commands: readonly Item[] = [
  command('dispatch', 'A dispatch, in a pass of many', 'µs', ({ record }, { timer }) => ({
    sample: (n) => timer.sample(record, n),
  })),
  command('indirect dispatch', 'An indirect dispatch, in a pass of many', 'µs', (c, { timer }) => ({
    sample: (n) => timer.sample(c.recordIndirect, n),
  })),
  command('pass', 'A compute pass, in a submission of many', 'µs', (c) => ({
    ...{ sample: untilDone(c, (n) => c.submit(n)), repetitions: 4096 },
  })),
  command('submission', 'A submission, in a queue of many', 'µs', (c) => ({
    sample: untilDone(c, (n) => {
      for (let i = 0; i < n; i++) c.submit(1);
    }),
    repetitions: 4096,
  })),
  command('read-back', 'A submission, and reading back 16 bytes', 'ms', ({ gpu, y, record }) => ({
    sample: wallClock(async () => {
      const { device } = gpu;
      const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
      const target = device.createBuffer({ label: 'read-back', size: 16, usage });
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      record(pass);
      pass.end();
      encoder.copyBufferToBuffer(y, 0, target, 0, 16);
      device.queue.submit([encoder.finish()]);
      await target.mapAsync(GPUMapMode.READ);
      target.destroy();
    }),
  })),
];
