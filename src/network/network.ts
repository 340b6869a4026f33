import { forAnySize } from '../../shaders/plan/any-size';
import { type Pass, type Plan, workgroupsFor } from '../../shaders/plan/plan';
import { bindStep, bytesFor, dispatch, dispatchIndirect, type Gpu, type Step } from '../gpu/gpu';
import { createReadback } from '../gpu/readback';
import { type Graph, sizeOf } from '../graph/graph';
import type { Layout } from './builder';
import { checkInputs, type Tensor } from './inputs';
import { lower } from './lower';
import { allocate, type Memory } from './memory';
import type { Program } from './program';
import { tune } from './tune';
import {
  candidatesFor,
  choose,
  itemsOf,
  onlyTimings,
  signatureOf,
  type Times,
  type TuningStore,
} from './tuning';
import { browserStore } from './tuning-store';

/** What comes out: numbers, or labels of the model's classes. */
export type OutputTensor = Tensor | LabelTensor;

/** Labels of a model's classes. */
export interface LabelTensor {
  /** Its dimensions, the batch first. */
  readonly shape: readonly number[];
  /** Whole numbers, or texts where the model's classes are texts. */
  readonly data: BigInt64Array | readonly string[];
}

/** An input or output of a network. */
export interface ValueInfo {
  /** The value's name in the graph. */
  readonly name: string;
  /** For the largest batch. */
  readonly shape: readonly number[];
  /** Where the numbers stand on the GPU: row-major, unless compile() was told otherwise. */
  readonly buffer: GPUBuffer;
}

/** An output of a network. */
export interface OutputInfo extends ValueInfo {
  /** For labels: the buffer contains positions in this list. */
  readonly classes?: readonly number[] | readonly string[];
}

/** A step as it runs. */
export interface StepInfo {
  /** The node's name. */
  readonly node: string;
  /** The node's operator. */
  readonly op: string;
  /** The variant of the kernel that runs. */
  readonly variant: string;
  /** Milliseconds for the batch that is timed, of each variant that was timed on this adapter, now or before. */
  readonly times: Times;
}

/** Bytes on the GPU. */
export interface MemoryUse {
  /** Of weights. */
  readonly weights: number;
  /** Of inputs, outputs and what is passed from kernel to kernel. */
  readonly activations: number;
}

/** A compiled graph: buffers, pipelines and bind groups, ready to run any number of times. */
export interface Network {
  /** The largest batch. */
  readonly batch: number;
  /** The graph's inputs. */
  readonly inputs: readonly ValueInfo[];
  /** The graph's outputs. */
  readonly outputs: readonly OutputInfo[];
  /**
   * Runs the network on the CPU's tensors, by the inputs' names; all have one batch, up to the largest.
   * Calls may overlap. All of a run is one compute pass in one submission.
   * @throws if an input is missing or has another shape, with both shapes
   */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, OutputTensor>>;
  /**
   * Records the run of `batch` items from `inputs[..].buffer` to `outputs[..].buffer`. Submit it in the task of the
   * call: tuning may change the steps between tasks.
   */
  encode(pass: GPUComputePassEncoder, batch: number): void;
  /** What encode() dispatches, in order: from these shaders/grids makes the workgroups for a batch that the GPU knows. */
  readonly passes: readonly Pass[];
  /** The same as encode() for such a batch; the workgroups of `passes[i]` stand at `first + i` in `grids`. */
  encodeIndirect(pass: GPUComputePassEncoder, grids: GPUBuffer, first: number): void;
  /** What runs, in order. */
  readonly steps: readonly StepInfo[];
  /** Resolves when the steps will not change any more: tuning is over, or there was none. Never rejects. */
  readonly tuned: Promise<void>;
  /** Bytes on the GPU. */
  readonly memory: MemoryUse;
  /** Frees every buffer. */
  destroy(): void;
}

/** How a network chooses its kernels. */
export interface TuningOptions {
  /**
   * Milliseconds of measuring, default 300, in up to ten times as long: most of it the driver compiles. What is still
   * unknown then is measured after the next start. 0: what the store knows is used, and nothing is measured.
   */
  readonly budget?: number;
  /** The batch that is timed: what runs most often; default the largest. */
  readonly batch?: number;
  /** What must come first, since it would have to share the GPU: by default the first run, or a second without one. */
  readonly after?: Promise<unknown>;
  /** Where timings are kept; default IndexedDB, where there is one. */
  readonly store?: TuningStore;
  /** Called when steps have changed, in the task that changed them: `passes` are others now. */
  readonly onChange?: () => void;
}

/** How a graph is compiled. */
export interface CompileOptions {
  /** The largest batch to be run; default 1. Models with a fixed batch keep theirs. */
  readonly batch?: number;
  /** Inputs that you write into their buffers as nhwc4: NHWC with the channels filled up to fours. */
  readonly layouts?: Readonly<Record<string, Layout>>;
  /**
   * For batches up to 8 the network is there as soon as simple kernels are compiled that serve all sizes. While it may
   * already be used, it changes to those that are fast on most GPUs, times all variants on this one, changes to the
   * fastest, and remembers them for the next start. Variants differ by roundings. false: nothing is timed, nothing that was
   * remembered is used, and the network is there when the fast kernels are.
   */
  readonly tuning?: TuningOptions | false;
}

const BUDGET = 300;
const FEW = 8;
/** Milliseconds that tuning waits for a first run. */
const PATIENCE = 1000;

/**
 * Compiles a graph for a device. All pipelines are made side by side while the weights are uploaded.
 * @throws in a node's name what can't be run, or what the device has too little memory for, with both numbers
 */
export async function compile(graph: Graph, gpu: Gpu, options: CompileOptions = {}): Promise<Network> {
  const program = lower(graph, { batch: options.batch ?? 1, layouts: options.layouts });
  const { device } = gpu;
  checkSizes(program, gpu);
  const plans = program.steps.map((step) => candidatesFor(gpu, step, program.batch));
  const { budget = BUDGET, store = browserStore(), after, onChange, ...usual } = options.tuning || {};
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  after?.then(begin, begin);
  if (usual.batch !== undefined && !(Number.isInteger(usual.batch) && usual.batch > 0))
    throw new Error(`tuning.batch is ${usual.batch}: a whole number from 1 is needed`);
  const timedBatch = Math.min(usual.batch ?? program.batch, program.batch);
  const signatures = program.steps.map((step, at) =>
    signatureOf(step.op, plans[at], itemsOf(step, timedBatch)),
  );
  const remembered = options.tuning === false ? undefined : store?.load(gpu.id);
  let timings = onlyTimings(await remembered?.catch(() => undefined));
  const best = () => plans.map((candidates, at) => choose(candidates, timings[signatures[at]]));
  const tunes = options.tuning !== false && budget > 0;
  const isKnown = plans.every((candidates, at) => candidates.ranked.length < 2 || signatures[at] in timings);
  // Of many items a run of what compiles soonest takes longer than to compile better kernels.
  const hurries = tunes && !isKnown && timedBatch <= FEW;

  let chosen: readonly Plan[] = hurries ? plans.map((each) => forAnySize(each.start)) : best();
  for (const { passes } of chosen) for (const pass of passes) gpu.pipeline(pass).catch(() => undefined);
  const readBytes = program.outputs.reduce((sum, output) => sum + 4 * sizeOf(output.shape), 0);
  const readback = createReadback(device, graph.name, readBytes);
  let destroyed = false;
  let memory: Memory | undefined;
  const destroy = () => {
    destroyed = true;
    begin();
    memory?.destroy();
    readback.destroy();
  };
  /** Binds the passes of step `at`. */
  const bind = (at: number, plan: Plan, from: Memory): Promise<Step[]> => {
    const operands = from.operands(at, plan);
    return Promise.all(plan.passes.map((pass) => bindStep(gpu, program.steps[at].node, pass, operands)));
  };
  let bound: Step[][];
  try {
    const allocated = await scoped(gpu, () => allocate(program, chosen, gpu));
    memory = allocated;
    bound = await Promise.all(chosen.map((plan, at) => bind(at, plan, allocated)));
  } catch (error) {
    destroy();
    throw error;
  }
  const { buffer: bufferOf } = memory;

  /** Changes to other plans, as soon as their pipelines are there. */
  const adopt = async (held: Memory, next: readonly Plan[]): Promise<void> => {
    const changed = next.flatMap((plan, at) => (plan === chosen[at] ? [] : [at]));
    if (destroyed || !changed.length) return;
    const rebound = await scoped(gpu, () => changed.map((at) => bind(at, next[at], held)));
    const steps = await Promise.all(rebound);
    if (destroyed) return;
    bound = bound.map((old, at) => (changed.includes(at) ? steps[changed.indexOf(at)] : old));
    chosen = next;
    onChange?.();
    held.retain(chosen);
  };
  const improve = async (held: Memory): Promise<void> => {
    const timer = after ? undefined : setTimeout(begin, PATIENCE);
    await begun;
    clearTimeout(timer);
    await adopt(held, best());
    const found = await tune(gpu, program, plans, {
      ...{ budget, batch: timedBatch, known: timings, stopped: () => destroyed },
    });
    if (destroyed) return;
    timings = { ...timings, ...found };
    await store?.save(gpu.id, found).catch(() => undefined);
    await adopt(held, best());
  };
  // A network without it is as right: what goes wrong here (the device is lost, say) is told by the next run.
  const tuned = tunes ? improve(memory).catch(() => undefined) : Promise.resolve();

  const each = (take: (step: Step, batch: number | undefined, at: number) => void) => {
    let at = 0;
    bound.forEach((steps, i) => {
      const { batched, items } = program.steps[i];
      for (const step of steps) take(step, batched ? undefined : items, at++);
    });
  };
  const encode = (pass: GPUComputePassEncoder, batch: number) =>
    each((step, items) => {
      dispatch(pass, step, items ?? batch);
    });
  const encodeIndirect = (pass: GPUComputePassEncoder, grids: GPUBuffer, first: number) =>
    each((step, _, at) => {
      dispatchIndirect(pass, step, grids, first + at);
    });
  const outputs = program.outputs.map(({ name, shape, buffer, batched, classes }) => ({
    ...{ name, shape, batched, classes, buffer: bufferOf(buffer) },
  }));
  const inputs = program.inputs.map(({ name, shape, buffer }) => ({ name, shape, buffer: bufferOf(buffer) }));

  return {
    batch: program.batch,
    inputs,
    outputs,
    get steps() {
      return program.steps.map(({ node, op }, at) => ({
        ...{ node, op, variant: chosen[at].variant, times: timings[signatures[at]] ?? {} },
      }));
    },
    tuned,
    memory: {
      get weights() {
        return memory?.weights() ?? 0;
      },
      get activations() {
        return memory?.activations() ?? 0;
      },
    },
    encode,
    get passes() {
      const passes: Pass[] = [];
      each(({ pass }, items) => {
        passes.push(
          items === undefined
            ? pass
            : { ...pass, workgroups: workgroupsFor(pass, items), batchAxis: undefined },
        );
      });
      return passes;
    },
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
      const bytes = await pending.read().finally(after ? undefined : begin);
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

/** What `work` gives. @throws if the device has too little memory for it */
async function scoped<T>({ device }: Gpu, work: () => T): Promise<T> {
  device.pushErrorScope('out-of-memory');
  let given: { value: T } | undefined;
  let thrown: unknown;
  try {
    given = { value: work() };
  } catch (error) {
    thrown = error;
  }
  const error = await device.popErrorScope();
  if (error) throw new Error(`the GPU has too little memory: ${error.message}`);
  if (!given) throw thrown;
  return given.value;
}
