import type { Pass } from '../../shaders/plan/plan';
import { bytesFor, type Gpu } from '../gpu/gpu';
import { createReadback } from '../gpu/readback';
import { type Graph, sizeOf } from '../graph/graph';
import { type BoundSteps, bindSteps } from './bound-steps';
import type { Layout } from './builder';
import { type Choice, createChoice } from './choice';
import type { Tensor } from './inputs';
import { lower } from './lower';
import { allocate, type Memory, withinMemory } from './memory';
import type { Program } from './program';
import { type OutputTensor, run } from './run';
import type { Times, TuningOptions } from './tuning';

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

/**
 * Compiles a graph for a device. All pipelines are created side by side while the weights are uploaded.
 * @throws with a node's name what can't be run, or what the device has too little memory for, with both numbers
 */
export async function compile(graph: Graph, gpu: Gpu, options: CompileOptions = {}): Promise<Network> {
  const program = lower(graph, { batch: options.batch ?? 1, layouts: options.layouts });
  checkSizes(program, gpu);
  const choice = await createChoice(gpu, program, options.tuning);
  for (const { passes } of choice.first) for (const pass of passes) gpu.pipeline(pass).catch(() => undefined); // told when it is bound

  const readBytes = program.outputs.reduce((sum, output) => sum + 4 * sizeOf(output.shape), 0);
  const readback = createReadback(gpu.device, graph.name, readBytes);
  const { after, onChange } = options.tuning || {};
  const gate = createGate(after);
  let destroyed = false;
  let memory: Memory | undefined;
  const destroy = () => {
    destroyed = true;
    gate.open();
    memory?.destroy();
    readback.destroy();
  };
  try {
    const own = await withinMemory(gpu, () => allocate(program, choice.first, gpu));
    memory = own;
    const steps = await bindSteps(gpu, program, own, choice.first);
    const improving = { choice, steps, memory: own, gate, stopped: () => destroyed, onChange };
    // A network without it is as right: what goes wrong here, such as a lost device, is told by the next run.
    const tuned = choice.isTuned ? improve(improving).catch(() => undefined) : Promise.resolve();
    return networkOf(program, choice, steps, own, {
      tuned,
      async run(inputs) {
        if (destroyed) throw new Error('the network is destroyed');
        const { layouts } = options;
        const outputs = await run(
          { gpu, label: graph.name, program, layouts, memory: own, steps, readback },
          inputs,
        );
        gate.afterRun();
        return outputs;
      },
      destroy,
    });
  } catch (error) {
    destroy();
    throw error;
  }
}

/** The network that callers see. */
function networkOf(
  program: Program,
  choice: Choice,
  steps: BoundSteps,
  memory: Memory,
  more: Pick<Network, 'run' | 'tuned' | 'destroy'>,
): Network {
  const { encode, encodeIndirect } = steps;
  return {
    ...{ batch: program.batch, encode, encodeIndirect, ...more },
    inputs: program.inputs.map(({ name, shape, buffer }) => ({ name, shape, buffer: memory.buffer(buffer) })),
    outputs: program.outputs.map(({ name, shape, buffer, classes }) => ({
      ...{ name, shape, classes, buffer: memory.buffer(buffer) },
    })),
    get steps() {
      return program.steps.map(({ node, op }, at) => ({
        ...{ node, op, variant: steps.plans[at].variant, times: choice.timesOf(at) },
      }));
    },
    get passes() {
      return steps.passes;
    },
    memory: {
      get weights() {
        return memory.weights();
      },
      get activations() {
        return memory.activations();
      },
    },
  };
}

/** When tuning may begin. */
interface Gate {
  /** Resolves then. */
  wait(): Promise<void>;
  /** Lets it begin now. */
  open(): void;
  /** To be called after each run. */
  afterRun(): void;
}

/** Milliseconds that tuning waits for a first run. */
const FIRST_RUN_WAIT = 1000;

/** Opens when `after` settles; without it after the first run, or a second without one. */
function createGate(after: Promise<unknown> | undefined): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  after?.then(open, open);
  return {
    async wait() {
      const timer = after ? undefined : setTimeout(open, FIRST_RUN_WAIT);
      await opened;
      clearTimeout(timer);
    },
    open: () => open(),
    afterRun: () => {
      if (!after) open();
    },
  };
}

/** Changes from the plans of the start to the default ones, times all, and changes to the fastest. */
async function improve(o: {
  readonly choice: Choice;
  readonly steps: BoundSteps;
  readonly memory: Memory;
  readonly gate: Gate;
  readonly stopped: () => boolean;
  readonly onChange: (() => void) | undefined;
}): Promise<void> {
  const change = async () => {
    if (!(await o.steps.change(o.choice.best(), o.stopped))) return;
    o.onChange?.();
    o.memory.retain(o.steps.plans);
  };
  await o.gate.wait();
  await change();
  await o.choice.measure(o.stopped);
  await change();
}

/** Every buffer must fit a binding. */
function checkSizes(program: Program, gpu: Gpu): void {
  const most = Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize);
  for (const { name, length } of program.buffers)
    if (bytesFor(length) > most)
      throw new Error(`"${name}" takes ${bytesFor(length)} bytes, the GPU binds ${most} at most`);
}
