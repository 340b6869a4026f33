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
  /** The dimensions for the largest batch. */
  readonly shape: readonly number[];
  /** The numbers on the GPU, f32: row-major, unless `CompileOptions.layouts` names another layout. */
  readonly buffer: GPUBuffer;
}

/** An output of a network. */
export interface OutputInfo extends ValueInfo {
  /** Only for labels: the model's classes. The buffer contains positions in this list. */
  readonly classes?: readonly number[] | readonly string[];
}

/** A step of a network, with the variant that it runs now. */
export interface StepInfo {
  /** The node's name. */
  readonly node: string;
  /** The node's operator. */
  readonly op: string;
  /** The variant of the kernel that runs. */
  readonly variant: string;
  /** All variants that this device can run, in the order in which they are measured. */
  readonly variants: readonly string[];
  /**
   * Milliseconds of each variant that was measured on this adapter, now or at an earlier start; for the batch
   * `TuningOptions.batch`. Where a large batch takes long, fewer items are measured and the time is multiplied.
   */
  readonly times: Times;
}

/** How much GPU memory a network uses, in bytes. */
export interface MemoryUse {
  /** Bytes of weights. */
  readonly weights: number;
  /** Bytes of inputs, outputs and intermediate results. */
  readonly activations: number;
}

/** A compiled graph, with its buffers, pipelines and bind groups. It can run any number of times. */
export interface Network {
  /** The largest batch that the network can run. */
  readonly batch: number;
  /**
   * Why an open batch must always be `batch` items: the node whose output has another axis that grows with the batch, with
   * two shapes. Absent if the network can run smaller batches too.
   */
  readonly whole?: string;
  /** The graph's inputs. */
  readonly inputs: readonly ValueInfo[];
  /** The graph's outputs. */
  readonly outputs: readonly OutputInfo[];
  /**
   * Runs the network on tensors in CPU memory and returns its outputs.
   * Calls may overlap. A run is one compute pass in one submission.
   * @param inputs a tensor for each input, by name; all have the same batch, at most `batch`
   * @throws if an input is missing, unknown, or has another shape (the message contains both shapes), if the batch is
   *   too large, if an input was compiled as nhwc4, if the network is destroyed, or if the device is lost
   */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, OutputTensor>>;
  /**
   * Records a run of `batch` items. It reads `inputs[..].buffer` and writes `outputs[..].buffer`. Submit the commands
   * in the same task as the call: between tasks, tuning may replace steps and destroy their buffers.
   */
  encode(pass: GPUComputePassEncoder, batch: number): void;
  /**
   * The passes that encode() dispatches, in order. Where only the GPU knows the batch, the kernel shaders/grids
   * computes their workgroups.
   */
  readonly passes: readonly Pass[];
  /**
   * Like encode(), for a batch that only the GPU knows. Entry `first + i` of `grids` contains the workgroups of
   * `passes[i]`: x, y and z as u32, 12 bytes in all.
   */
  encodeIndirect(pass: GPUComputePassEncoder, grids: GPUBuffer, first: number): void;
  /** The steps that run, in order. */
  readonly steps: readonly StepInfo[];
  /** Resolves when the steps do not change any more: tuning has ended, or there was none. Never rejects. */
  readonly tuned: Promise<void>;
  /** How much GPU memory the network uses now. */
  readonly memory: MemoryUse;
  /** Destroys every buffer of the network. Later runs throw. */
  destroy(): void;
}

/** How a graph is compiled. */
export interface CompileOptions {
  /** The largest batch that will be run; default 1. Models with a fixed batch keep theirs. */
  readonly batch?: number;
  /**
   * The layouts of inputs, by name; default row-major. The caller must write an input in nhwc4 (NHWC, with the
   * channels padded to a multiple of four) into its buffer and call encode(); run() does not accept it.
   */
  readonly layouts?: Readonly<Record<string, Layout>>;
  /**
   * The sizes of the model's symbolic dimensions, by their names in the file, such as `{ height: 320, width: 320 }`. A
   * dimension without a name is called after its input and axis, such as `x.2`. Only the first dimension of an input
   * may stay open: it is the batch. Networks of other sizes share the pipelines that do not depend on the size.
   */
  readonly dims?: Readonly<Record<string, number>>;
  /**
   * How the network chooses its kernels; default: tuning with the default options.
   *
   * If the batch is at most 8 and its times are not stored yet, compile() resolves as soon as simple kernels that work
   * for all sizes are compiled. The network can be used from then on. Meanwhile it changes to the kernels that are fast
   * on most GPUs, measures all variants on this GPU, changes to the fastest ones, and stores the times for the next
   * start. The results of variants differ by rounding.
   *
   * With `false`, nothing is measured, stored times are not used, and compile() resolves when the kernels that are fast
   * on most GPUs are compiled.
   */
  readonly tuning?: TuningOptions | false;
}

/**
 * Compiles a graph for a device. All pipelines are created in parallel while the weights are uploaded.
 * @throws if a node can't be run (the message names it), if an option is wrong, if a buffer is larger than the device
 *   allows (the message contains both sizes), or if the device has too little memory
 */
export async function compile(graph: Graph, gpu: Gpu, options: CompileOptions = {}): Promise<Network> {
  const program = await lower(graph, {
    batch: options.batch ?? 1,
    layouts: options.layouts,
    dims: options.dims,
  });
  checkSizes(program, gpu);
  const choice = await createChoice(gpu, program, options.tuning);
  // Only starts the compilation; bindSteps reports its errors.
  for (const { passes } of choice.first) for (const pass of passes) gpu.pipeline(pass).catch(() => undefined);

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
    // The network is correct without tuning, so errors are ignored; the next run reports those such as a lost device.
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

/** Builds the network that compile() returns. */
function networkOf(
  program: Program,
  choice: Choice,
  steps: BoundSteps,
  memory: Memory,
  more: Pick<Network, 'run' | 'tuned' | 'destroy'>,
): Network {
  const { encode, encodeIndirect } = steps;
  return {
    ...{ batch: program.batch, whole: program.whole, encode, encodeIndirect, ...more },
    inputs: program.inputs.map(({ name, shape, buffer }) => ({ name, shape, buffer: memory.buffer(buffer) })),
    outputs: program.outputs.map(({ name, shape, buffer, classes }) => ({
      ...{ name, shape, classes, buffer: memory.buffer(buffer) },
    })),
    get steps() {
      return program.steps.map(({ node, op }, at) => ({
        ...{ node, op, variant: steps.plans[at].variant },
        ...{ variants: choice.variantsOf(at), times: choice.timesOf(at) },
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

/** Delays tuning until it may begin. */
interface Gate {
  /** Resolves when tuning may begin. */
  wait(): Promise<void>;
  /** Lets tuning begin now. */
  open(): void;
  /** The caller calls this after each run. */
  afterRun(): void;
}

/** Maximum milliseconds that tuning waits for a first run. */
const FIRST_RUN_WAIT = 1000;

/** The gate opens when `after` settles. Without `after`, it opens after the first run, or after FIRST_RUN_WAIT. */
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

/** Changes from the plans of the start to the default plans, measures all plans, and changes to the fastest ones. */
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

/** Checks that every buffer fits into a binding. @throws if one does not */
function checkSizes(program: Program, gpu: Gpu): void {
  const most = Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize);
  for (const { name, length } of program.buffers)
    if (bytesFor(length) > most)
      throw new Error(`"${name}" needs ${bytesFor(length)} bytes, but the GPU can bind at most ${most}`);
}
