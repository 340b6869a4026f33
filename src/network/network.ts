import { type Pass, type Plan, workgroupsFor } from '../../shaders/plan';
import { bindStep, bytesFor, checkGrid, dispatch, dispatchIndirect, type Gpu, type Step } from '../gpu/gpu';
import { createReadback } from '../gpu/readback';
import { type Graph, sizeOf } from '../graph/graph';
import { type Lifetime, planMemory } from '../graph/memory';
import type { Layout } from './builder';
import { checkInputs, type Tensor } from './inputs';
import { lower } from './lower';
import type { Program } from './program';

/** What comes out: numbers, or labels of the model's classes. */
export type OutputTensor =
  | Tensor
  | { readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly shape: readonly number[]; readonly data: readonly string[] };

export interface ValueInfo {
  readonly name: string;
  /** For the largest batch. */
  readonly shape: readonly number[];
  /** Where the numbers stand on the GPU: row-major, unless compile() was told otherwise. */
  readonly buffer: GPUBuffer;
}

/** A compiled graph: buffers, pipelines and bind groups, ready to run any number of times. */
export interface Network {
  /** The largest batch. */
  readonly batch: number;
  readonly inputs: readonly ValueInfo[];
  /** `classes`: the values are places in this list. */
  readonly outputs: readonly (ValueInfo & { readonly classes?: readonly number[] | readonly string[] })[];
  /**
   * Runs the network on the CPU's tensors, by the inputs' names; all have one batch, up to the largest.
   * Calls may overlap. All of a run is one compute pass in one submission.
   * @throws if an input is missing or has another shape, with both shapes
   */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, OutputTensor>>;
  /** Records the run of `batch` items from `inputs[..].buffer` to `outputs[..].buffer`. */
  encode(pass: GPUComputePassEncoder, batch: number): void;
  /** What encode() dispatches, in order: from these shaders/grids makes the workgroups for a batch that the GPU knows. */
  readonly passes: readonly Pass[];
  /** The same as encode() for such a batch; the workgroups of `passes[i]` stand at `first + i` in `grids`. */
  encodeIndirect(pass: GPUComputePassEncoder, grids: GPUBuffer, first: number): void;
  /** What runs, in order: node, operator, variant. */
  readonly steps: readonly { readonly node: string; readonly op: string; readonly variant: string }[];
  /** Bytes on the GPU: weights, and what flows between kernels. */
  readonly memory: { readonly weights: number; readonly activations: number };
  /** Frees every buffer. */
  destroy(): void;
}

export interface CompileOptions {
  /** The largest batch to be run; default 1. Models with a fixed batch keep theirs. */
  readonly batch?: number;
  /** Inputs that you write into their buffers as nhwc4: NHWC with the channels filled up to fours. */
  readonly layouts?: Readonly<Record<string, Layout>>;
}

/**
 * Compiles a graph for a device. All pipelines are made side by side while the weights are uploaded.
 * @throws in a node's name what can't be run, or what the device has too little memory for, with both numbers
 */
export async function compile(graph: Graph, gpu: Gpu, options: CompileOptions = {}): Promise<Network> {
  const program = lower(graph, { batch: options.batch ?? 1, layouts: options.layouts });
  const { device } = gpu;
  const chosen = program.steps.map((step) => ({ step, plan: choose(step.plans) }));
  checkSizes(program, gpu);
  for (const { step, plan } of chosen)
    for (const pass of plan.passes) checkGrid(step.node, pass, step.batched ? program.batch : step.items);

  const owned: GPUBuffer[] = [];
  const readBytes = program.outputs.reduce((sum, output) => sum + 4 * sizeOf(output.shape), 0);
  const readback = createReadback(device, graph.name, readBytes);
  let destroyed = false;
  const destroy = () => {
    destroyed = true;
    for (const buffer of owned) buffer.destroy();
    readback.destroy();
  };
  const plans = chosen.map(({ plan }) => plan);
  let memory: Memory;
  let steps: { step: Step; batched: boolean; items: number }[];
  try {
    memory = await allocateScoped(program, plans, gpu, owned);
    const bound = chosen.flatMap(({ step, plan }, at) =>
      plan.passes.map(async (pass) => {
        const operands = Object.fromEntries(pass.bindings.map((name) => [name, memory.operand(at, name)]));
        const { batched, items } = step;
        return { step: await bindStep(gpu, step.node, pass, operands), batched, items };
      }),
    );
    steps = await Promise.all(bound);
  } catch (error) {
    destroy();
    throw error;
  }

  const encode = (pass: GPUComputePassEncoder, batch: number) => {
    for (const { step, batched, items } of steps) dispatch(pass, step, batched ? batch : items);
  };
  const encodeIndirect = (pass: GPUComputePassEncoder, grids: GPUBuffer, first: number) => {
    steps.forEach(({ step }, at) => {
      dispatchIndirect(pass, step, grids, first + at);
    });
  };
  const outputs = program.outputs.map(({ name, shape, buffer, batched, classes }) => ({
    ...{ name, shape, batched, classes, buffer: memory.buffer(buffer) },
  }));
  const inputs = program.inputs.map(({ name, shape, buffer }) => ({
    name,
    shape,
    buffer: memory.buffer(buffer),
  }));

  return {
    batch: program.batch,
    inputs,
    outputs,
    steps: chosen.map(({ step, plan }) => ({ node: step.node, op: step.op, variant: plan.variant })),
    memory: { weights: memory.weights, activations: memory.activations },
    encode,
    passes: steps.map(({ step: { pass }, batched, items }) =>
      batched ? pass : { ...pass, workgroups: workgroupsFor(pass, items), batchAxis: undefined },
    ),
    encodeIndirect,
    async run(given) {
      if (destroyed) throw new Error('the network is destroyed');
      const batch = checkInputs(program, given);
      inputs.forEach(({ name, buffer }) => {
        if (options.layouts?.[name] === 'nhwc4')
          throw new Error(
            `input "${name}" was compiled as nhwc4: write it into its buffer and call encode()`,
          );
        device.queue.writeBuffer(buffer, 0, given[name].data as Float32Array<ArrayBuffer>);
      });
      const encoder = device.createCommandEncoder({ label: graph.name });
      const pass = encoder.beginComputePass({ label: graph.name });
      encode(pass, batch);
      pass.end();
      const shapes = outputs.map(({ shape, batched }) => (batched ? [batch, ...shape.slice(1)] : shape));
      const pending = readback.record(
        encoder,
        outputs.map(({ buffer }, i) => ({ buffer, bytes: 4 * sizeOf(shapes[i]) })),
      );
      device.queue.submit([encoder.finish()]);
      const bytes = await pending.read();
      let offset = 0;
      return Object.fromEntries(
        outputs.map(({ name, classes }, i) => {
          const data = new Float32Array(bytes, offset, sizeOf(shapes[i]));
          offset += data.byteLength;
          return [name, named(shapes[i], data, classes)];
        }),
      );
    },
    destroy,
  };
}

/** Plans come simplest first, and each later one is there because it is faster where it applies. */
const choose = (plans: readonly Plan[]): Plan => plans[plans.length - 1];

function named(
  shape: readonly number[],
  data: Float32Array,
  classes: readonly number[] | readonly string[] | undefined,
): OutputTensor {
  if (!classes) return { shape, data };
  if (typeof classes[0] === 'string') return { shape, data: Array.from(data, (at) => String(classes[at])) };
  return { shape, data: BigInt64Array.from(Array.from(data, (at) => BigInt(classes[at]))) };
}

/** Every buffer must fit a binding. */
function checkSizes(program: Program, gpu: Gpu): void {
  const most = Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize);
  for (const { name, length } of program.buffers)
    if (bytesFor(length) > most)
      throw new Error(`"${name}" takes ${bytesFor(length)} bytes, the GPU binds ${most} at most`);
}

interface Memory {
  readonly weights: number;
  readonly activations: number;
  buffer(at: number): GPUBuffer;
  /** What step `at` reads or writes under a name. */
  operand(at: number, name: string): GPUBuffer;
}

/** `allocate`, and what the device says of its memory. */
async function allocateScoped(
  program: Program,
  plans: readonly Plan[],
  gpu: Gpu,
  owned: GPUBuffer[],
): Promise<Memory> {
  gpu.device.pushErrorScope('out-of-memory');
  let memory: Memory | undefined;
  let thrown: unknown;
  try {
    memory = allocate(program, plans, gpu, owned);
  } catch (error) {
    thrown = error;
  }
  const error = await gpu.device.popErrorScope();
  if (error) throw new Error(`the GPU has too little memory: ${error.message}`);
  if (!memory) throw thrown;
  return memory;
}

/** Makes all buffers, which go into `owned`: one for each constant (packed as the chosen plan wants it), shared ones for the rest. */
function allocate(program: Program, plans: readonly Plan[], gpu: Gpu, owned: GPUBuffer[]): Memory {
  const { device } = gpu;
  let weights = 0;
  const uploaded = new Map<string, GPUBuffer>();
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const upload = (key: string, label: string, data: Float32Array | Uint32Array): GPUBuffer => {
    const known = uploaded.get(key);
    if (known) return known;
    const buffer = device.createBuffer({ label, size: bytesFor(data.length), usage, mappedAtCreation: true });
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(buffer.getMappedRange()).set(bytes);
    buffer.unmap();
    weights += buffer.size;
    owned.push(buffer);
    uploaded.set(key, buffer);
    return buffer;
  };

  const lifetimes = lifetimesOf(program);
  const living = lifetimes.flatMap((lifetime, at) => (lifetime ? [{ at, lifetime }] : []));
  const plan = planMemory(living.map(({ lifetime }) => lifetime));
  const slots = plan.sizes.map((size, slot) => {
    const tenants = living.filter((_, i) => plan.slots[i] === slot).map(({ at }) => program.buffers[at].name);
    const label = tenants.length > 1 ? `${tenants[0]} and ${tenants.length - 1} more` : tenants[0];
    const buffer = device.createBuffer({ label, size, usage });
    owned.push(buffer);
    return buffer;
  });
  const slotOf = new Map(living.map(({ at }, i) => [at, slots[plan.slots[i]]]));

  const bufferOf = (at: number): GPUBuffer => {
    const { data, name } = program.buffers[at];
    return data ? upload(`${at}`, name, data) : slotOf.get(at)!;
  };
  const operands = program.steps.map((step, i) =>
    Object.fromEntries(
      Object.entries(step.operands).map(([name, at]) => {
        const { data, name: label } = program.buffers[at];
        const pack = plans[i].pack?.[name];
        const packed = data instanceof Float32Array && pack;
        return [name, packed ? upload(`${at} for ${i}`, label, pack(data)) : bufferOf(at)];
      }),
    ),
  );
  for (const { buffer } of program.outputs) bufferOf(buffer);
  return {
    weights,
    activations: plan.sizes.reduce((sum, size) => sum + size, 0),
    buffer: bufferOf,
    operand: (at, name) => operands[at][name],
  };
}

/** When each buffer is needed; inputs from the start, outputs to the end; undefined for constants and the unused. */
function lifetimesOf(program: Program): (Lifetime | undefined)[] {
  const end = program.steps.length;
  const spans = program.buffers.map(() => ({ first: Infinity, last: -1 }));
  const use = (at: number, when: number) => {
    spans[at].first = Math.min(spans[at].first, when);
    spans[at].last = Math.max(spans[at].last, when);
  };
  // Inputs are kept whole: a caller may write them once and run twice.
  for (const { buffer } of program.inputs) for (const when of [-1, end]) use(buffer, when);
  program.steps.forEach((step, when) => {
    for (const at of Object.values(step.operands)) use(at, when);
  });
  for (const { buffer } of program.outputs) use(buffer, end);
  return program.buffers.map(({ data, length }, at) =>
    data || spans[at].last < 0 ? undefined : { bytes: bytesFor(length), ...spans[at] },
  );
}
