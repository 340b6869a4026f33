/** The speed of a ladder's kernels on the reader's GPU, in short measurements of the benchmark's method. */

import { ceilings } from '../bench/suite/ceilings';
import type { Bench, Item } from '../bench/suite/item';
import { forgetCases, kernels } from '../bench/suite/kernels';
import { type Sample, summarise, takeSamples } from '../bench/suite/method';
import type { Row } from '../bench/suite/report';
import { ceilingsOf, limitOf, type Roof, roofAt } from '../bench/suite/roofline';
import { createTimer } from '../src/gpu/timer';
import type { Gpu } from '../src/index';

/** The speed of a variant on a layer. */
export interface Speed {
  readonly variant: string;
  /** In `unit`; undefined if it can't run here. */
  readonly value?: number;
  readonly unit: string;
  /** What limits it. */
  readonly limit?: 'arithmetic' | 'memory';
  /** The share of the ceiling that limits it. Caches, and Winograd's fewer multiplications, can make it larger than 1. */
  readonly share?: number;
  /** Why it can't run here. */
  readonly why?: string;
}

/** Limits of a measurement in milliseconds. The benchmark's page takes longer and is more exact. */
const LIMITS = { sample: 20, most: 300 } as const;
const LEAST_PEAK = 1;

/** The titles of the layers on which the kernels of a folder are timed. */
export const layersOf = (kernel: string): string[] =>
  kernels
    .filter(({ title }) => title.startsWith(`${kernel}, phone: `))
    .map(({ title }) => title.slice(`${kernel}, phone: `.length));

const median = async (sample: Sample): Promise<number> => summarise(await takeSamples(sample, LIMITS)).value;

async function valueOfItem(item: Item, bench: Bench): Promise<{ ms: number; value: number } | string> {
  const ready = await item.prepare(bench);
  if (typeof ready === 'string') return ready;
  try {
    const ms = await median(ready.sample);
    return { ms, value: ready.value(ms) };
  } finally {
    ready.destroy();
  }
}

/** The ceilings of a GPU, measured once for each. */
const roofs = new WeakMap<GPUDevice, Promise<Roof | undefined>>();

async function measureRoof(bench: Bench): Promise<Roof | undefined> {
  const rows: Row[] = [];
  const wanted = ['f32', 'vec4f', 'read', 'copy'].map((name) => `ceilings/${name}`);
  for (const item of ceilings.flatMap((entry) => entry.items())) {
    if (!wanted.includes(item.id)) continue;
    const found = await valueOfItem(item, bench);
    if (typeof found !== 'string') rows.push({ id: item.id, value: found.value } as Row);
  }
  return ceilingsOf({ rows });
}

async function withBench<T>(gpu: Gpu, work: (bench: Bench) => Promise<T>): Promise<T> {
  const timer = createTimer(gpu);
  const photo = () => Promise.reject(new Error('the course measures no photos'));
  try {
    return await work({ gpu, timer, peak: () => LEAST_PEAK, photo });
  } finally {
    timer.destroy();
  }
}

/**
 * Measures all variants of a kernel on a layer, and the ceilings if they are not known yet.
 * @param onSpeed is called with each variant
 */
export const measureLayer = (
  gpu: Gpu,
  kernel: string,
  layer: string,
  onSpeed: (speed: Speed) => void,
): Promise<void> =>
  withBench(gpu, async (bench) => {
    const known = roofs.get(gpu.device) ?? measureRoof(bench);
    roofs.set(gpu.device, known);
    const roof = await known;
    const entry = kernels.find(({ title }) => title === `${kernel}, phone: ${layer}`);
    try {
      for (const item of entry?.items() ?? []) {
        const variant = item.id.split('/').at(-1) as string;
        const ready = await item.prepare(bench);
        if (typeof ready === 'string') {
          onSpeed({ variant, unit: item.unit, why: ready });
          continue;
        }
        try {
          const value = ready.value(await median(ready.sample));
          const { flop = 0, bytes = 0 } = ready.more ?? {};
          const intensity = flop / Math.max(bytes, 1);
          const ceiling = roof && (flop ? roofAt(roof, intensity) : roof.gbs);
          const limit = roof && (flop ? limitOf(roof, intensity) : 'memory');
          onSpeed({ variant, unit: item.unit, value, limit, ...(ceiling && { share: value / ceiling }) });
        } finally {
          ready.destroy();
        }
      }
    } finally {
      forgetCases();
    }
  });
