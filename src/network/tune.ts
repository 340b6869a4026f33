/** Measures a program's plans on a device. It creates its own operands, so the network can run at the same time. */

import type { Candidates, Plan } from '../../shaders/plan/plan';
import { bytesFor, dispatch, type Gpu } from '../gpu/gpu';
import { createTimer, type Timer } from '../gpu/timer';
import { bindPlan } from './bind-plan';
import type { Program, StepSpec } from './program';
import { itemsOf, type KernelTimings, signatureOf, wholeTiles } from './tuning';

/** How plans are measured. */
export interface TuneOptions {
  /**
   * Maximum milliseconds of measuring. With everything else, mostly compiling, tuning takes at most ten times as long.
   * A plan that is being measured when the time is over is measured to its end.
   */
  readonly budget: number;
  /** The batch that is measured. */
  readonly batch: number;
  /** The times that are known already. */
  readonly known: KernelTimings;
  /** Returns true to end tuning early. */
  readonly stopped: () => boolean;
}

interface TunedStep {
  readonly step: StepSpec;
  /** The items of the batch that the times are for. */
  readonly items: number;
  /** The items that are measured. */
  measured: number;
  /** Its plans, in the order of their rank. */
  readonly plans: readonly Plan[];
  /** The known times, by variant. Measuring adds to them. */
  readonly times: Record<string, number>;
}

/** A plan that takes longer than the fastest one by this factor is measured only once. */
const HOPELESS = 2;
/**
 * A plan is measured with as many items as the step's first plan computes in these milliseconds, and its time is
 * multiplied accordingly: a device that is busy for so long takes as long for a further item as for the one before it.
 */
const LONG = 50;
/** Batches up to this size are measured whole. */
const SMALL_BATCH = 8;

/**
 * Measures the plans of the steps that have several plans, except those in `known`. It begins with the first plan of
 * each step, which shows which steps are slow. The second plans follow, those of the slowest steps first, and so on,
 * until all times are known or the budget is used up.
 * @returns the times of these steps, with those in `known`
 * @throws if a pipeline can't be created, or if the device is lost
 */
export async function tune(
  gpu: Gpu,
  program: Program,
  candidates: readonly Candidates[],
  { budget, batch, known, stopped }: TuneOptions,
): Promise<KernelTimings> {
  const steps = new Map<string, TunedStep>();
  program.steps.forEach((step, at) => {
    const { ranked } = candidates[at];
    if (ranked.length < 2) return;
    const items = itemsOf(step, batch);
    const signature = signatureOf(step.op, candidates[at], items);
    steps.set(signature, { step, items, measured: items, plans: ranked, times: { ...known[signature] } });
  });
  const timer = createTimer(gpu);
  let left = budget;
  const end = performance.now() + 10 * budget;
  const measure = async (each: TunedStep, plan: Plan) => {
    if (plan.variant in each.times || left <= 0 || performance.now() > end || stopped()) return;
    const best = Math.min(...Object.values(each.times));
    const share = each.measured / each.items;
    const enough = best * HOPELESS * share;
    const { ms, took } = await timePlan(gpu, timer, program, each, plan, enough);
    each.times[plan.variant] = ms / share;
    left -= took;
  };
  /** Measures the first plan of a step, and decides on how many items the others are measured. */
  const measureFirst = async (each: TunedStep) => {
    const [plan] = each.plans;
    const isKnown = each.plans.every(({ variant }) => variant in each.times);
    const whole = wholeTiles(each.plans);
    if (each.items > Math.max(SMALL_BATCH, whole) && !isKnown && left > 0 && !stopped()) {
      each.measured = whole;
      const { ms, took } = await timePlan(gpu, timer, program, each, plan, 0);
      left -= took;
      each.measured = Math.min(each.items, whole * Math.max(1, Math.floor(LONG / ms)));
    }
    await measure(each, plan);
  };
  try {
    const all = [...steps.values()];
    for (const each of all) await measureFirst(each);
    const firstTime = ({ plans, times }: TunedStep) => times[plans[0].variant] ?? 0;
    all.sort((a, b) => firstTime(b) - firstTime(a));
    const most = Math.max(0, ...all.map(({ plans }) => plans.length));
    for (let rank = 1; rank < most; rank++)
      for (const each of all) if (rank < each.plans.length) await measure(each, each.plans[rank]);
  } finally {
    timer.destroy();
  }
  const timed = [...steps].filter(([, { times }]) => Object.keys(times).length);
  return Object.fromEntries(timed.map(([signature, { times }]) => [signature, times]));
}

/** Returns a plan's milliseconds (see `Timer.time` for `enough`), and the milliseconds that measuring took. */
async function timePlan(
  gpu: Gpu,
  timer: Timer,
  program: Program,
  { step, measured }: TunedStep,
  plan: Plan,
  enough: number,
): Promise<{ ms: number; took: number }> {
  const { device } = gpu;
  const buffers: GPUBuffer[] = [];
  const create = (name: string, length: number, data?: Float32Array | Uint32Array): GPUBuffer => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ label: `tuning/${name}`, size: bytesFor(length), usage });
    buffers.push(buffer);
    if (data) device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
    return buffer;
  };
  try {
    const bound = await bindPlan(gpu, `tuning/${step.node}`, plan, {
      scratch: create,
      operand(name, pack) {
        const { length, data } = program.buffers[step.operands[name]];
        const packed = data instanceof Float32Array && pack ? pack(data) : data;
        return create(name, packed?.length ?? length, packed);
      },
    });
    const started = performance.now();
    const ms = await timer.time((pass) => {
      for (const each of bound) dispatch(pass, each, measured);
    }, enough);
    return { ms, took: performance.now() - started };
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}
