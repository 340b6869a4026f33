/** One run of a network on tensors in CPU memory. */

import type { Gpu } from '../gpu/gpu';
import type { Readback } from '../gpu/readback';
import { sizeOf } from '../graph/graph';
import type { BoundSteps } from './bound-steps';
import type { Layout } from './builder';
import { checkInputs, type Tensor } from './inputs';
import type { Memory } from './memory';
import type { Program } from './program';

/** An output of a run: numbers, or labels of the model's classes. */
export type OutputTensor = Tensor | LabelTensor;

/** Labels of a model's classes. */
export interface LabelTensor {
  /** Its dimensions, the batch first. */
  readonly shape: readonly number[];
  /** The labels, row-major: whole numbers, or texts where the model's classes are texts. */
  readonly data: BigInt64Array | readonly string[];
}

/** A network that can be run. */
export interface Runnable {
  /** The device that the network was compiled for. */
  readonly gpu: Gpu;
  /** The name of the model, for WebGPU's labels. */
  readonly label: string;
  /** The network as data. */
  readonly program: Program;
  /** The layouts of inputs that the caller set, by the inputs' names. */
  readonly layouts: Readonly<Record<string, Layout>> | undefined;
  /** The network's buffers. */
  readonly memory: Memory;
  /** The network's steps. */
  readonly steps: BoundSteps;
  /** Reads the outputs. */
  readonly readback: Readback;
}

/**
 * Uploads the inputs, submits one compute pass, and reads the outputs.
 * @throws what `checkInputs` throws, if an input was compiled as nhwc4, or if the device is lost
 */
export async function run(
  { gpu, label, program, layouts, memory, steps, readback }: Runnable,
  given: Readonly<Record<string, Tensor>>,
): Promise<Record<string, OutputTensor>> {
  const { device } = gpu;
  const batch = checkInputs(program, given);
  for (const { name, buffer } of program.inputs) {
    if (layouts?.[name] === 'nhwc4')
      throw new Error(`input "${name}" was compiled as nhwc4: write it into its buffer and call encode()`);
    const data = given[name].data as Float32Array<ArrayBuffer>;
    device.queue.writeBuffer(memory.buffer(buffer), 0, data);
  }
  const encoder = device.createCommandEncoder({ label });
  const pass = encoder.beginComputePass({ label });
  steps.encode(pass, batch);
  pass.end();
  const outputs = program.outputs.map(({ shape, batched, ...output }) => ({
    ...output,
    shape: batched ? [batch, ...shape.slice(1)] : shape,
  }));
  const pending = readback.record(
    encoder,
    outputs.map(({ buffer, shape }) => ({ buffer: memory.buffer(buffer), bytes: 4 * sizeOf(shape) })),
  );
  device.queue.submit([encoder.finish()]);
  const bytes = await pending.read();
  let offset = 0;
  return Object.fromEntries(
    outputs.map(({ name, shape, classes }) => {
      const data = new Float32Array(bytes, offset, sizeOf(shape));
      offset += data.byteLength;
      return [name, named(shape, data, classes)];
    }),
  );
}

function named(
  shape: readonly number[],
  data: Float32Array,
  classes: readonly number[] | readonly string[] | undefined,
): OutputTensor {
  if (!classes) return { shape, data };
  const wrong = data.find((at) => !(at in classes));
  if (wrong !== undefined) throw new Error(`a label is number ${wrong} of ${classes.length} classes`);
  if (typeof classes[0] === 'string') return { shape, data: Array.from(data, (at) => String(classes[at])) };
  return { shape, data: BigInt64Array.from(Array.from(data, (at) => BigInt(classes[at]))) };
}
