/** A run of the benchmark: what is measured, in which order, and for how long. */

import type { Gpu } from '../../src';
import { createTimer } from '../../src/gpu/timer';
import { ceilings } from './ceilings';
import type { Bench, Entry, Item } from './item';
import { forgetCases, kernels } from './kernels';
import { quantile, takeSamples } from './method';
import {
  about,
  GROUPS,
  type Group,
  joinRows,
  type Missing,
  type Profile,
  type Report,
  type Row,
  rowOf,
} from './report';
import { closeWorkloads, coldStart, workloads } from './workloads';

/** Milliseconds that a run should take. On slow adapters it takes longer, since each row needs a few samples. */
export const DURATIONS: Readonly<Record<Profile, number>> = {
  quick: 30_000,
  default: 180_000,
  full: 600_000,
};

/** Milliseconds of a sample, and the most and the least that a row may take. */
const SAMPLE = 50;
const MOST = 3000;
const LEAST = 200;
/** Milliseconds of a sample of the reference kernel, which shows whether the adapter has become slower. */
const REFERENCE_SAMPLE = 10;

/** What a run needs. */
export interface SuiteOptions extends Omit<Bench, 'timer' | 'peak'> {
  readonly profile: Profile;
  /** The groups that are measured. Default: all. */
  readonly groups?: readonly Group[];
  /** Only entries whose title contains this text are measured. Default: all. */
  readonly only?: string;
  readonly mien: Report['mien'];
  /** Whether the page is hidden; default: never. */
  readonly isHidden?: () => boolean;
}

/** The state of a run, for a progress bar. */
export interface Progress {
  /** The entry that is measured. */
  readonly title: string;
  /** The part that is done, 0..1. */
  readonly done: number;
  /** Milliseconds that the rest will probably take. */
  readonly left: number;
}

/** A run. */
export interface Suite {
  /** What was measured so far. */
  readonly report: Report;
  /** The items that were measured, for their WGSL and constants, by the ids of their rows. */
  readonly items: ReadonlyMap<string, Item>;
  /**
   * Measures everything. May be called once.
   * @param onProgress is called before each entry
   * @param onRow is called after each row
   * @throws the signal's reason if it is aborted; Error if the device is lost. `report` then contains what was measured.
   */
  run(options?: {
    readonly signal?: AbortSignal;
    onProgress?(progress: Progress): void;
    onRow?(row: Row): void;
  }): Promise<Report>;
  /** Frees everything but the GPU. */
  destroy(): Promise<void>;
}

/**
 * The entries of a profile, in their order. The ceilings are measured several times in a run, because the speed of some
 * adapters changes from minute to minute. Samples within a few seconds would not show that.
 */
export function entriesOf({
  profile,
  groups = GROUPS,
  only = '',
}: Pick<SuiteOptions, 'profile' | 'groups' | 'only'>): Entry[] {
  const again = profile === 'quick' ? [] : ceilings;
  const all = [coldStart, ...ceilings, ...workloads, ...again, ...kernels, ...ceilings];
  const text = only.toLowerCase();
  return all.filter(
    (entry) =>
      (profile !== 'quick' || entry.quick) &&
      groups.includes(entry.group) &&
      entry.title.toLowerCase().includes(text),
  );
}

/** Prepares a run. */
export function createSuite(options: SuiteOptions): Suite {
  const { gpu, profile, mien, isHidden = () => false } = options;
  const entries = entriesOf(options);
  const timer = createTimer(gpu);
  const rows: Row[] = [];
  const missing: Missing[] = [];
  const notes: string[] = [];
  const items = new Map<string, Item>();
  /** The rows of each time that an item was measured, by id. */
  const visits = new Map<string, Row[]>();
  let peak = 1;
  const bench: Bench = { ...options, timer, peak: () => peak };
  const said = about(gpu);
  const report: Report = { ...said, profile, mien, rows, missing, notes };

  const miss = (row: Missing) => {
    if (missing.every(({ id }) => id !== row.id)) missing.push(row);
  };

  /** Measures an item. An error that is not the device's becomes an entry of `missing`: a wrong result has no time. */
  const measure = async (item: Item, most: number, drift: () => Promise<number>, signal?: AbortSignal) => {
    const { id, group, title, unit } = item;
    items.set(id, item);
    const lost = await isLost(gpu);
    if (lost) throw new Error(`the device is lost: ${lost}`);
    let hidden = isHidden();
    try {
      const ready = await item.prepare(bench);
      if (typeof ready === 'string') {
        miss({ id, title, why: ready });
        return undefined;
      }
      try {
        const check = () => {
          signal?.throwIfAborted();
          hidden ||= isHidden();
        };
        const { repetitions, samples: count } = ready;
        const taken = await takeSamples(ready.sample, {
          sample: SAMPLE,
          most,
          repetitions,
          samples: count,
          check,
        });
        const samples = taken.map((ms) => ready.value(ms));
        const row = {
          ...rowOf({ id, group, title, unit }, samples, ready),
          ...(hidden && { hidden }),
          drift: await drift(),
        };
        const all = [...(visits.get(id) ?? []), row];
        visits.set(id, all);
        if (all.length === 1) rows.push(row);
        else rows[rows.findIndex((earlier) => earlier.id === id)] = joinRows(all);
        return row;
      } finally {
        ready.destroy();
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      const lostNow = await isLost(gpu);
      if (lostNow) throw new Error(`${title}: the device was lost: ${lostNow}`);
      miss({ id, title, why: (error as Error).message, failed: true });
      return undefined;
    }
  };

  return {
    report,
    items,
    async run({ signal, onProgress, onRow } = {}) {
      const started = performance.now();
      const reference = await createReference(bench);
      peak = reference.gflops;
      let done = 0;
      try {
        for (const entry of entries) {
          signal?.throwIfAborted();
          const left = Math.max(0, DURATIONS[profile] - (performance.now() - started));
          const taken = (performance.now() - started) / Math.max(done, 1);
          const rest = entries.length - done;
          onProgress?.({
            title: entry.title,
            done: done / entries.length,
            left: done > 3 ? taken * rest : DURATIONS[profile],
          });
          const own = entry.items();
          // Preparing takes about as long as measuring.
          const most = Math.min(MOST, Math.max(LEAST, left / rest / own.length / 2));
          for (const item of own) {
            const row = await measure(item, most, reference.drift, signal);
            if (row) onRow?.(row);
            await new Promise((resolve) => setTimeout(resolve)); // lets the page draw
          }
          done++;
        }
      } finally {
        reference.destroy();
      }
      return report;
    },
    async destroy() {
      forgetCases();
      timer.destroy();
      await closeWorkloads();
    },
  };
}

/** Returns the message of a lost device; undefined if it is not lost. */
const isLost = (gpu: Gpu): Promise<string | undefined> =>
  Promise.race([
    gpu.lost.then(({ reason, message }) => message || reason),
    new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined))),
  ]);

/**
 * The reference kernel, a multiply-add in f32. `drift` returns by how much it is slower than the fastest it was in this
 * run: other programs, heat and battery savers only ever slow it down.
 */
async function createReference(bench: Bench): Promise<{
  readonly gflops: number;
  drift(): Promise<number>;
  destroy(): void;
}> {
  const [item] = ceilings[0].items();
  const ready = await item.prepare(bench);
  if (typeof ready === 'string') throw new Error(`${item.title}: ${ready}`);
  const first = await takeSamples(ready.sample, { sample: REFERENCE_SAMPLE, most: 1000 });
  let fastest = medianOf(first);
  const repetitions = Math.max(1, Math.round(REFERENCE_SAMPLE / fastest));
  const sample = () => ready.sample(repetitions);
  return {
    gflops: ready.value(fastest),
    async drift() {
      // The median of three, since one may be disturbed.
      const now = medianOf([await sample(), await sample(), await sample()]);
      fastest = Math.min(fastest, now);
      return now / fastest - 1;
    },
    destroy: () => ready.destroy(),
  };
}

const medianOf = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
