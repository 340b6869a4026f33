/** A program's buffers: one for each constant, packed as a plan wants it, and shared ones for what flows. */

import type { Plan } from '../../shaders/plan/plan';
import { bytesFor, type Gpu } from '../gpu/gpu';
import { type Lifetime, planMemory } from '../graph/memory';
import type { Program } from './program';

export interface Memory {
  /** Bytes of constants, and of what flows between kernels. */
  weights(): number;
  activations(): number;
  buffer(at: number): GPUBuffer;
  /** What step `at` reads and writes under a plan, by name: made now if it wasn't yet. */
  operands(at: number, plan: Plan): Record<string, GPUBuffer>;
  /** Frees the constants that none of these plans, one a step, reads. */
  retain(plans: readonly Plan[]): void;
  destroy(): void;
}

const usage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/** Makes the buffers of what flows, and those of the constants that `plans` want. @throws what the device throws, with nothing kept */
export function allocate(program: Program, plans: readonly Plan[], gpu: Gpu): Memory {
  const owned = new Set<GPUBuffer>();
  try {
    return allocateInto(owned, program, plans, gpu);
  } catch (error) {
    for (const buffer of owned) buffer.destroy();
    throw error;
  }
}

function allocateInto(
  owned: Set<GPUBuffer>,
  program: Program,
  plans: readonly Plan[],
  { device }: Gpu,
): Memory {
  const own = (label: string, size: number, mappedAtCreation = false): GPUBuffer => {
    const buffer = device.createBuffer({ label, size, usage: usage(), mappedAtCreation });
    owned.add(buffer);
    return buffer;
  };

  const uploaded = new Map<string, GPUBuffer>();
  const upload = (key: string, label: string, data: () => Float32Array | Uint32Array): GPUBuffer => {
    const known = uploaded.get(key);
    if (known) return known;
    const numbers = data();
    const buffer = own(label, bytesFor(numbers.length), true);
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    new Uint8Array(buffer.getMappedRange()).set(bytes);
    buffer.unmap();
    uploaded.set(key, buffer);
    return buffer;
  };
  /** By which a constant is known that step `at` reads for a plan: as it stands it is shared, packed it is the step's own. */
  const keyOf = (at: number, name: string, plan: Plan) =>
    plan.pack?.[name] ? `${name} of ${at} for ${plan.variant}` : `${program.steps[at].operands[name]}`;

  const lifetimes = lifetimesOf(program);
  const living = lifetimes.flatMap((lifetime, at) => (lifetime ? [{ at, lifetime }] : []));
  const shared = planMemory(living.map(({ lifetime }) => lifetime));
  const slots = shared.sizes.map((size, slot) => {
    const tenants = living
      .filter((_, i) => shared.slots[i] === slot)
      .map(({ at }) => program.buffers[at].name);
    return own(tenants.length > 1 ? `${tenants[0]} and ${tenants.length - 1} more` : tenants[0], size);
  });
  const slotOf = new Map(living.map(({ at }, i) => [at, slots[shared.slots[i]]]));

  const bufferOf = (at: number): GPUBuffer => {
    const { data, name } = program.buffers[at];
    return data ? upload(`${at}`, name, () => data) : slotOf.get(at)!;
  };

  // Steps run in turn, so all share what each needs between its passes.
  const scratch = new Map<string, GPUBuffer>();
  const scratchOf = (name: string, bytes: number): GPUBuffer => {
    let buffer = scratch.get(name);
    if (!buffer || buffer.size < bytes) {
      buffer = own(`scratch ${name}`, bytes);
      scratch.set(name, buffer);
    }
    return buffer;
  };
  const widest = plans.flatMap((plan) => Object.entries(plan.scratch ?? {})).sort(([, a], [, b]) => b - a);
  for (const [name, length] of widest) scratchOf(name, bytesFor(length));

  const operands = (at: number, plan: Plan) => ({
    ...Object.fromEntries(
      namesIn(plan).flatMap((name) => {
        const buffer = program.steps[at].operands[name];
        if (buffer === undefined) return []; // scratch
        const { data, name: label } = program.buffers[buffer];
        const pack = plan.pack?.[name];
        return data instanceof Float32Array && pack
          ? [[name, upload(keyOf(at, name, plan), label, () => pack(data))]]
          : [[name, bufferOf(buffer)]];
      }),
    ),
    ...Object.fromEntries(
      Object.entries(plan.scratch ?? {}).map(([name, length]) => [name, scratchOf(name, bytesFor(length))]),
    ),
  });
  plans.forEach((plan, at) => {
    operands(at, plan);
  });
  for (const { buffer } of program.outputs) bufferOf(buffer);

  return {
    weights: () => [...uploaded.values()].reduce((sum, { size }) => sum + size, 0),
    activations: () => [...slots, ...scratch.values()].reduce((sum, { size }) => sum + size, 0),
    buffer: bufferOf,
    operands,
    retain(wanted) {
      const keys = new Set([
        ...wanted.flatMap((plan, at) => namesIn(plan).map((name) => keyOf(at, name, plan))),
        ...program.outputs.map(({ buffer }) => `${buffer}`),
      ]);
      for (const [key, buffer] of uploaded) {
        if (keys.has(key)) continue;
        buffer.destroy();
        owned.delete(buffer);
        uploaded.delete(key);
      }
    },
    destroy() {
      for (const buffer of owned) buffer.destroy();
    },
  };
}

/** The operands that a plan's passes bind. */
export const namesIn = (plan: Plan): string[] => [
  ...new Set(plan.passes.flatMap(({ bindings }) => bindings)),
];

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
