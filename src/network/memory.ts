/** A program's buffers: one for each constant, in the form that a plan reads, and shared ones for all other values. */

import type { Plan } from '../../shaders/plan/plan';
import { bytesFor, type Gpu } from '../gpu/gpu';
import { type Lifetime, planMemory } from '../graph/memory-plan';
import { type BufferSource, buffersOf } from './bind-plan';
import type { Program } from './program';

/** The buffers of a network. */
export interface Memory {
  /** Bytes of constants. */
  weights(): number;
  /** Bytes of inputs, outputs and intermediate results. */
  activations(): number;
  /** A buffer by its number in the program. */
  buffer(at: number): GPUBuffer;
  /** The buffers of step `at` for a plan. */
  source(at: number, plan: Plan): BufferSource;
  /** Destroys the constants that none of these plans reads; `plans` contains one plan for each step. */
  retain(plans: readonly Plan[]): void;
  /** Destroys all buffers. */
  destroy(): void;
}

/**
 * Creates the buffers of all values, and of the constants that `plans` read.
 * @param plans one plan for each step
 * @throws what the device throws, after all buffers are destroyed again
 */
export function allocate(program: Program, plans: readonly Plan[], gpu: Gpu): Memory {
  const owned = createOwned(gpu.device);
  try {
    return allocateIn(owned, program, plans);
  } catch (error) {
    owned.destroy();
    throw error;
  }
}

/** Bytes of GPU memory that a program needs, without buffers between the passes of a step. Needs no device. */
export function plannedBytes({ buffers, steps, inputs, outputs }: Program): {
  readonly weights: number;
  readonly activations: number;
} {
  const read = new Set(steps.flatMap(({ operands }) => Object.values(operands)));
  for (const { buffer } of outputs) read.add(buffer);
  const weights = [...read].reduce(
    (sum, at) => sum + (buffers[at].data ? bytesFor(buffers[at].length) : 0),
    0,
  );
  const lifetimes = lifetimesOf({ buffers, steps, inputs, outputs }).filter((each) => each !== undefined);
  return { weights, activations: planMemory(lifetimes).sizes.reduce((sum, bytes) => sum + bytes, 0) };
}

/** Returns what `work` returns. @throws if the device has too little memory for it, or what `work` throws */
export async function withinMemory<T>({ device }: Gpu, work: () => T): Promise<T> {
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

/** Creates buffers, and can destroy all of them. */
interface Owned {
  create(label: string, size: number, mappedAtCreation?: boolean): GPUBuffer;
  destroyOne(buffer: GPUBuffer): void;
  destroy(): void;
}

function createOwned(device: GPUDevice): Owned {
  const buffers = new Set<GPUBuffer>();
  return {
    create(label, size, mappedAtCreation = false) {
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      const buffer = device.createBuffer({ label, size, usage, mappedAtCreation });
      buffers.add(buffer);
      return buffer;
    },
    destroyOne(buffer) {
      buffer.destroy();
      buffers.delete(buffer);
    },
    destroy() {
      for (const buffer of buffers) buffer.destroy();
    },
  };
}

function allocateIn(owned: Owned, program: Program, plans: readonly Plan[]): Memory {
  const constants = createConstants(owned);
  const values = allocateValues(owned, program);
  const scratch = allocateScratch(owned, plans);
  const bufferOf = (at: number): GPUBuffer => {
    const { data, name } = program.buffers[at];
    return data ? constants.upload(`${at}`, name, () => data) : values.get(at)!;
  };
  /** The key of a constant. Steps share constants that are not packed; each step and plan has its own packed ones. */
  const keyOf = (at: number, name: string, plan: Plan) =>
    plan.pack?.[name] ? `${name} of ${at} for ${plan.variant}` : `${program.steps[at].operands[name]}`;
  const source = (at: number, plan: Plan): BufferSource => ({
    scratch: scratch.take,
    operand(name, pack) {
      const number = program.steps[at].operands[name];
      const { data, name: label } = program.buffers[number];
      return data instanceof Float32Array && pack
        ? constants.upload(keyOf(at, name, plan), label, () => pack(data))
        : bufferOf(number);
    },
  });
  plans.forEach((plan, at) => {
    buffersOf(plan, source(at, plan));
  });
  for (const { buffer } of program.outputs) bufferOf(buffer);

  return {
    weights: constants.bytes,
    activations: () => scratch.bytes() + total(new Set(values.values())),
    buffer: bufferOf,
    source,
    retain(wanted) {
      const keys = wanted.flatMap((plan, at) =>
        plan.passes.flatMap(({ bindings }) => bindings.map((name) => keyOf(at, name, plan))),
      );
      constants.retain(new Set([...keys, ...program.outputs.map(({ buffer }) => `${buffer}`)]));
    },
    destroy: owned.destroy,
  };
}

const total = (buffers: Iterable<GPUBuffer>): number => [...buffers].reduce((sum, { size }) => sum + size, 0);

/** The constants on the GPU, by key. Each is uploaded once. */
function createConstants(owned: Owned) {
  const uploaded = new Map<string, GPUBuffer>();
  return {
    upload(key: string, label: string, data: () => Float32Array | Uint32Array): GPUBuffer {
      const known = uploaded.get(key);
      if (known) return known;
      const numbers = data();
      const buffer = owned.create(label, bytesFor(numbers.length), true);
      const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
      new Uint8Array(buffer.getMappedRange()).set(bytes);
      buffer.unmap();
      uploaded.set(key, buffer);
      return buffer;
    },
    bytes: () => total(uploaded.values()),
    retain(keys: ReadonlySet<string>) {
      for (const [key, buffer] of uploaded) {
        if (keys.has(key)) continue;
        owned.destroyOne(buffer);
        uploaded.delete(key);
      }
    },
  };
}

/** The buffers of all values that are not constants, by number. Values that are never needed at once share a buffer. */
function allocateValues(owned: Owned, program: Program): ReadonlyMap<number, GPUBuffer> {
  const living = lifetimesOf(program).flatMap((lifetime, at) => (lifetime ? [{ at, lifetime }] : []));
  const shared = planMemory(living.map(({ lifetime }) => lifetime));
  const slots = shared.sizes.map((size, slot) => {
    const [first, ...others] = living.filter((_, i) => shared.slots[i] === slot);
    const { name } = program.buffers[first.at];
    return owned.create(others.length ? `${name} and ${others.length} more` : name, size);
  });
  return new Map(living.map(({ at }, i) => [at, slots[shared.slots[i]]]));
}

/** The buffers between the passes of a step. All steps share them, since steps run one after the other. */
function allocateScratch(owned: Owned, plans: readonly Plan[]) {
  const buffers = new Map<string, GPUBuffer>();
  // Buffers that became too small are kept, since the passes of the current plans are bound to them.
  const replaced: GPUBuffer[] = [];
  const take = (name: string, length: number): GPUBuffer => {
    const before = buffers.get(name);
    if (before && before.size >= bytesFor(length)) return before;
    if (before) replaced.push(before);
    const buffer = owned.create(`scratch ${name}`, bytesFor(length));
    buffers.set(name, buffer);
    return buffer;
  };
  const largestFirst = plans
    .flatMap(({ scratch = {} }) => Object.entries(scratch))
    .sort(([, a], [, b]) => b - a);
  for (const [name, length] of largestFirst) take(name, length);
  return { take, bytes: () => total([...buffers.values(), ...replaced]) };
}

/** The steps during which each buffer is needed; undefined for constants and for buffers that are not used. */
function lifetimesOf(program: Omit<Program, 'batch'>): (Lifetime | undefined)[] {
  const end = program.steps.length;
  const spans = program.buffers.map(() => ({ first: Infinity, last: -1 }));
  const use = (at: number, when: number) => {
    spans[at].first = Math.min(spans[at].first, when);
    spans[at].last = Math.max(spans[at].last, when);
  };
  // An input shares its buffer with no other value, since a caller may write it once and run twice.
  for (const { buffer } of program.inputs) for (const when of [-1, end]) use(buffer, when);
  program.steps.forEach((step, when) => {
    for (const at of Object.values(step.operands)) use(at, when);
  });
  for (const { buffer } of program.outputs) use(buffer, end);
  return program.buffers.map(({ data, length }, at) =>
    data || spans[at].last < 0 ? undefined : { bytes: bytesFor(length), ...spans[at] },
  );
}
