/**
 * The measured times of a step's plans on an adapter, and the choice of the fastest plan. The functions here are pure:
 * tune.ts measures.
 *
 * Times are stored by a signature of all plans of a step. So equal layers of all models share their times, and a kernel
 * that has changed is measured again.
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

/** The milliseconds of each measured variant of a step, by the variant's name. */
export type Times = Readonly<Record<string, number>>;

/** The times of steps, by the step's signature: a text that identifies its plans and the work that they do. */
export type KernelTimings = Readonly<Record<string, Times>>;

/** Stores timings from one start to the next, by `Gpu.id`. */
export interface TuningStore {
  /** Returns the stored timings of a GPU; an empty record if there are none. */
  load(id: string): Promise<KernelTimings>;
  /** Adds timings to the stored ones of a GPU. */
  save(id: string, timings: KernelTimings): Promise<void>;
}

/** How a network chooses its kernels. */
export interface TuningOptions {
  /**
   * Maximum milliseconds of measuring; default 300. Tuning takes at most ten times as long in all, since most of
   * its time is spent on compiling. Variants that are not measured by then are measured after the next start. With 0,
   * nothing is measured, and only stored timings are used. A promise is for callers who first want to see how long a
   * run takes: measuring begins when it has resolved.
   */
  readonly budget?: number | Promise<number>;
  /** The batch that is measured: set it to the one that runs most often; default: the largest batch. */
  readonly batch?: number;
  /**
   * Tuning begins when this promise settles, so that it does not slow down other work on the GPU. By default it begins
   * after the first run, or one second after compile() if there was no run.
   */
  readonly after?: Promise<unknown>;
  /**
   * Where timings are stored; default: IndexedDB if it is available, else nowhere. A store that fails, or does not answer
   * within a second, is ignored.
   */
  readonly store?: TuningStore;
  /** Called each time that steps have changed, in the same task. `Network.passes` then contains other passes. */
  readonly onChange?: () => void;
}

/** No step takes fewer or more milliseconds than these: a clock counts nanoseconds, and drivers end long dispatches. */
const POSSIBLE = { least: 1e-6, most: 60_000 } as const;

/**
 * Returns what a store has loaded, without entries that can't be timings: files and databases can be damaged. What is
 * missing is measured again.
 */
export function onlyTimings(found: unknown): KernelTimings {
  const entries = (value: unknown) => (typeof value === 'object' && value ? Object.entries(value) : []);
  const isPossible = (ms: unknown) => typeof ms === 'number' && ms >= POSSIBLE.least && ms <= POSSIBLE.most;
  const steps = entries(found).map(([signature, times]) => [
    signature,
    Object.fromEntries(entries(times).filter(([, ms]) => isPossible(ms))),
  ]);
  return Object.fromEntries(steps.filter(([, times]) => Object.keys(times).length));
}

/** Milliseconds that a store may take. In some browsers a database never answers, and a network must not wait for it. */
const STORE_TIMEOUT = 1000;

/** What a store answers; undefined if it throws, rejects or takes too long. */
export async function answerOf<T>(ask: () => T | Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, STORE_TIMEOUT, undefined);
  });
  try {
    return await Promise.race([Promise.resolve().then(ask), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Maximum number of items that a step computes in one run. */
export const itemsOf = (step: StepSpec, batch: number): number => (step.batched ? batch : step.items);

/**
 * The number of items that fill the tiles of all plans. For fewer items, a plan with large tiles computes mostly padding:
 * its time for many items can't be estimated from that.
 */
export const wholeTiles = (plans: readonly Plan[]): number =>
  plans
    .flatMap(({ passes }) => passes)
    .reduce(
      (most, { workgroups, batchAxis = 0, itemsPerWorkgroup = 1 }) =>
        Math.max(most, Math.ceil(itemsPerWorkgroup / workgroups[batchAxis])),
      1,
    );

/** Returns the plans of a step that this device can run. @throws if there are none */
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
  throw new Error(
    `"${step.node}": needs ${large?.join(' x ')} workgroups; at most ${MAX_WORKGROUPS} per axis are supported`,
  );
}

const fitsGrid = (pass: Pass, items: number): boolean =>
  workgroupsFor(pass, items).every((n) => n <= MAX_WORKGROUPS);

/** A plan replaces the first one only if it takes less than this fraction of its time: a smaller gain is noise. */
const GAIN = 0.95;

/** Returns the fastest plan. It is the first plan if that one was not measured, or if no other is clearly faster. */
export function choose({ ranked }: Candidates, times: Times = {}): Plan {
  const [first] = ranked;
  const limit = (times[first.variant] ?? 0) * GAIN;
  const timed = ranked.filter(({ variant }) => times[variant] < limit);
  return timed.reduce((best, plan) => (times[plan.variant] < times[best.variant] ? plan : best), first);
}

/** Returns the key under which a step's times are stored: it identifies the step's plans and their work. */
export function signatureOf(op: string, { ranked }: Candidates, items: number): string {
  const text = JSON.stringify(
    ranked.map(({ variant, passes }) => [
      variant,
      passes.map((pass) => [pass.constants, workgroupsFor(pass, items), pass.kernel.files]),
    ]),
  );
  return `${op} ${hash(text)}`;
}

/** A hash of 64 bits, which are enough to distinguish kernels: FNV-1a, and a variant of it from another start. */
function hash(text: string): string {
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x01000193) ^ (b >>> 15);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
