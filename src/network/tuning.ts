/**
 * What is known of how fast a step's plans are on an adapter, and which plan follows from it. Pure: tune.ts measures.
 *
 * A step is known by a signature of all its plans, so equal layers of any model share what one of them taught, and a
 * kernel that changes is timed anew.
 */

import {
  type Candidates,
  MAX_WORKGROUPS,
  type Pass,
  type Plan,
  workgroupsFor,
} from '../../shaders/plan/plan';
import { bytesFor, type Gpu } from '../gpu/gpu';
import type { StepSpec } from './program';

/** Milliseconds by variant. */
export type Times = Readonly<Record<string, number>>;

/** By signature. */
export type KernelTimings = Readonly<Record<string, Times>>;

/** Keeps timings from one start to the next, by `Gpu.id`. */
export interface TuningStore {
  /** What is known of a GPU; an empty record if nothing is. */
  load(id: string): Promise<KernelTimings>;
  /** Adds timings to what is known of a GPU. */
  save(id: string, timings: KernelTimings): Promise<void>;
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

/** What a store gave, without what can't be timings: files and databases can be spoilt. */
export function onlyTimings(found: unknown): KernelTimings {
  const entries = (value: unknown) => (typeof value === 'object' && value ? Object.entries(value) : []);
  return Object.fromEntries(
    entries(found).map(([signature, times]) => [
      signature,
      Object.fromEntries(entries(times).filter(([, ms]) => typeof ms === 'number')),
    ]),
  );
}

/** Items that a step runs for at most. */
export const itemsOf = (step: StepSpec, batch: number): number => (step.batched ? batch : step.items);

/** The step's plans that this device can run. @throws if there is none */
export function candidatesFor(gpu: Gpu, step: StepSpec, batch: number): Candidates {
  const items = itemsOf(step, batch);
  const most = Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize);
  const { start, ranked } = step.candidates;
  const runnable = ranked.filter(
    ({ passes, features = [], hardware, scratch = {} }) =>
      features.every((feature) => gpu.features.has(feature)) &&
      !(hardware && gpu.isSoftware) &&
      passes.every((pass) => fitsGrid(pass, items)) &&
      Object.values(scratch).every((length) => bytesFor(length) <= most),
  );
  if (runnable.length)
    return { start: runnable.includes(start) ? start : runnable[runnable.length - 1], ranked: runnable };
  const counts = ranked.flatMap(({ passes }) => passes.map((pass) => workgroupsFor(pass, items)));
  const large = counts.find((axes) => axes.some((n) => n > MAX_WORKGROUPS));
  throw new Error(`"${step.node}": ${large?.join(' x ')} workgroups, ${MAX_WORKGROUPS} an axis can be run`);
}

const fitsGrid = (pass: Pass, items: number): boolean =>
  workgroupsFor(pass, items).every((n) => n <= MAX_WORKGROUPS);

/** A plan must be faster than the first one by this factor: a smaller gain is noise. */
const GAIN = 0.95;

/** The fastest plan; the first one as long as that has no time. */
export function choose({ ranked }: Candidates, times: Times = {}): Plan {
  const [first] = ranked;
  const limit = (times[first.variant] ?? 0) * GAIN;
  const timed = ranked.filter(({ variant }) => times[variant] < limit);
  return timed.reduce((best, plan) => (times[plan.variant] < times[best.variant] ? plan : best), first);
}

/** What tells a step's plans and their work from another's. */
export function signatureOf(op: string, { ranked }: Candidates, items: number): string {
  const text = JSON.stringify(
    ranked.map(({ variant, passes }) => [
      variant,
      passes.map((pass) => [pass.constants, workgroupsFor(pass, items), pass.kernel.files]),
    ]),
  );
  return `${op} ${hash(text)}`;
}

/** FNV-1a, twice from unlike starts: 64 bits are enough to tell kernels apart. */
function hash(text: string): string {
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x01000193) ^ (b >>> 15);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
