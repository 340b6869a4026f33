import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadOnnx } from '../../src/formats/load';
import type { Gpu } from '../../src/gpu/gpu';
import type { Graph } from '../../src/graph/graph';
import { compile, type Network } from '../../src/network/network';
import type { KernelTimings, TuningStore } from '../../src/network/tuning';
import { createRecognizer } from '../../src/vision/recognizer';
import { root } from '../fixtures';
import { tiles } from '../tiles';
import { openGpu } from './gpu';

let gpu: Gpu;
let graph: Graph;
beforeAll(async () => {
  gpu = await openGpu();
  graph = await loadOnnx(await readFile(`${root}/weights/expression.onnx`));
});
afterAll(() => gpu.destroy());

/** A store whose content the test can read. */
const memoryStore = (
  kept: Record<string, KernelTimings> = {},
): TuningStore & { kept: Record<string, KernelTimings> } => ({
  kept,
  load: async (adapter) => kept[adapter] ?? {},
  save: async (adapter, timings) => {
    kept[adapter] = { ...kept[adapter], ...timings };
  },
});

/** Tuning starts at once. */
const after = Promise.resolve();

/** Returns times in which one variant is by far the fastest. */
const preferring = (timings: KernelTimings, variant: string): KernelTimings =>
  Object.fromEntries(
    Object.entries(timings).map(([step, times]) => [
      step,
      Object.fromEntries(Object.keys(times).map((name) => [name, name.startsWith(variant) ? 0.001 : 1])),
    ]),
  );

const x = {
  shape: [2, 1, 48, 48],
  data: Float32Array.from({ length: 4608 }, (_, i) => Math.sin(i * i) / 2),
};
const scoresOf = async (network: Network) =>
  Array.from((await network.run({ x })).scores.data as Float32Array);
const near = (found: readonly number[], expected: readonly number[]) =>
  expect(Math.max(...found.map((v, i) => Math.abs(v - expected[i])))).toBeLessThan(1e-4);

describe('compile', () => {
  test('all variants of every step are timed, kept, and known at the next start', async () => {
    const store = memoryStore();
    const network = await compile(graph, gpu, { batch: 2, tuning: { budget: 1e6, store } });
    // Until the first run is over, only variants that compile fast are used, with larger tiles where there is much work.
    expect(new Set(network.steps.map(({ variant }) => variant))).toEqual(
      new Set(['plain', 'tiled 1x8', 'tiled 6x8']),
    );
    const before = await scoresOf(network);
    await network.tuned;
    const { steps } = network;
    const convolutions = steps.filter(({ op }) => op === 'Conv');
    for (const { times, variant } of convolutions) {
      expect(Object.keys(times).length).toBeGreaterThan(2);
      const best = Math.min(...Object.values(times));
      expect(times[variant]).toBeLessThanOrEqual(best / 0.95);
      expect(best).toBeGreaterThan(0);
    }
    near(await scoresOf(network), before);
    const { weights } = network.memory;
    network.destroy();

    const next = await compile(graph, gpu, { batch: 2, tuning: { budget: 0, store } });
    expect(next.steps).toEqual(steps);
    // The weights of the replaced kernels are freed.
    expect(next.memory.weights).toBe(weights);
    next.destroy();
  });

  test.each(['winograd', 'plain', 'tiled 4x8', 'pooled'])(
    'with %s wherever it is offered: the same scores',
    async (variant) => {
      const store = memoryStore();
      const reference = await compile(graph, gpu, { batch: 2, tuning: { budget: 1, store, after } });
      await reference.tuned;
      const all = await compile(graph, gpu, { batch: 2, tuning: { budget: 1e6, store, after } });
      await all.tuned;
      const expected = await scoresOf(reference);
      for (const each of [reference, all]) each.destroy();
      const liked = memoryStore({ [gpu.id]: preferring(store.kept[gpu.id], variant) });
      const network = await compile(graph, gpu, { batch: 2, tuning: { budget: 0, store: liked } });
      expect(network.steps.some((step) => step.variant.startsWith(variant))).toBe(true);
      near(await scoresOf(network), expected);
      network.destroy();
    },
  );

  test('steps change while the network runs; what was packed for the old ones is freed', async () => {
    const store = memoryStore();
    const teacher = await compile(graph, gpu, { batch: 2, tuning: { budget: 1e6, store, after } });
    await teacher.tuned;
    teacher.destroy();
    // The time of one step is removed, so that it is measured. The other steps have a faster variant to change to.
    const timings = preferring(store.kept[gpu.id], 'winograd');
    const [first, ...others] = Object.keys(timings);
    const forgetful = memoryStore({
      [gpu.id]: Object.fromEntries(others.map((step) => [step, timings[step]])),
    });
    expect(timings[first]).toBeDefined();
    let changes = 0;
    const network = await compile(graph, gpu, {
      batch: 2,
      tuning: { budget: 1e6, store: forgetful, onChange: () => changes++ },
    });
    const before = await scoresOf(network);
    const runs = Array.from({ length: 5 }, () => scoresOf(network));
    await network.tuned;
    for (const run of runs) near(await run, before);
    near(await scoresOf(network), before);
    expect(changes).toBeLessThanOrEqual(2);
    network.destroy();
  });

  test('until the first run is over, nothing more is compiled', async () => {
    const asked = vi.spyOn(gpu, 'pipeline');
    const network = await compile(graph, gpu, { batch: 2, tuning: { budget: 1, store: memoryStore() } });
    const first = new Set(network.passes.map(({ kernel }) => kernel.name));
    const others = () => asked.mock.calls.filter(([{ kernel }]) => !first.has(kernel.name)).length;
    // This is shorter than the time that tuning waits for a run.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(others()).toBe(0);
    await scoresOf(network);
    await network.tuned;
    expect(others()).toBeGreaterThan(0);
    asked.mockRestore();
    network.destroy();
  });

  test('what it waits for may fail, or never come', async () => {
    const failing = Promise.reject(new Error('no'));
    const late = await compile(graph, gpu, { tuning: { budget: 1, store: memoryStore(), after: failing } });
    await late.tuned;
    late.destroy();
    const never = new Promise(() => undefined);
    const idle = await compile(graph, gpu, { tuning: { budget: 1, store: memoryStore(), after: never } });
    idle.destroy();
    await idle.tuned;
  });

  test('a budget that is known later is waited for', async () => {
    const store = memoryStore();
    let settle: (budget: number) => void = () => undefined;
    const budget = new Promise<number>((resolve) => {
      settle = resolve;
    });
    const network = await compile(graph, gpu, { tuning: { budget, store, after } });
    await network.run({ x: { shape: [1, 1, 48, 48], data: x.data.subarray(2304) } });
    expect(store.kept).toEqual({});
    settle(1);
    await network.tuned;
    expect(network.steps.some(({ times }) => Object.keys(times).length)).toBe(true);
    network.destroy();
  });

  test('a large batch is measured on a few items, and the times are for all', async () => {
    const convolution = graph.nodes.find(({ op }) => op === 'Conv');
    const part = { ...graph, outputs: convolution?.outputs ?? [] };
    const timesAt = async (batch: number) => {
      const store = memoryStore();
      const network = await compile(part, gpu, { batch, tuning: { budget: 1e6, store, after } });
      await network.tuned;
      const { steps } = network;
      network.destroy();
      for (const { variants, times } of steps)
        if (variants.length > 1) expect(Object.keys(times)).toEqual(expect.arrayContaining([...variants]));
      return steps.reduce((sum, { variant, times }) => sum + (times[variant] ?? 0), 0);
    };
    // Within a wide margin, since other work on the machine disturbs both.
    const [small, large] = [await timesAt(8), await timesAt(256)];
    expect(large / small).toBeGreaterThan(10);
    expect(large / small).toBeLessThan(100);
  });

  test('later starts correct the times of a disturbed one, a few times', async () => {
    const convolution = graph.nodes.find(({ op }) => op === 'Conv');
    const part = { ...graph, outputs: convolution?.outputs ?? [] };
    const start = async (kept: Record<string, KernelTimings>) => {
      const store = memoryStore(kept);
      const network = await compile(part, gpu, { batch: 2, tuning: { budget: 1e6, store, after } });
      await network.tuned;
      network.destroy();
      return store.kept[gpu.id];
    };
    const first = await start({});
    const changed = (times: (ms: number) => number, count: number): KernelTimings =>
      Object.fromEntries(
        Object.entries(first).map(([key, values]) => [
          key,
          key.endsWith(' comparisons')
            ? { count }
            : Object.fromEntries(Object.keys(values).map((name) => [name, times(values[name])])),
        ]),
      );
    // All plans seem to be equally fast, so they are compared again.
    const corrected = await start({ [gpu.id]: changed(() => 1, 0) });
    for (const [key, values] of Object.entries(corrected)) {
      if (key.endsWith(' comparisons')) {
        expect(values.count).toBe(3);
        continue;
      }
      const slowest = Object.keys(first[key]).reduce((a, b) => (first[key][a] > first[key][b] ? a : b));
      const fastest = Math.min(...Object.values(first[key]));
      if (first[key][slowest] > 2 * fastest)
        expect(values[slowest]).toBeGreaterThan(1.3 * Math.min(...Object.values(values)));
    }
    // After that they are kept, whatever they are.
    const kept = changed(() => 1e4, 3);
    expect(await start({ [gpu.id]: kept })).toEqual(kept);
  });

  test('a network that is destroyed meanwhile stops it', async () => {
    const store = memoryStore();
    const network = await compile(graph, gpu, { batch: 64, tuning: { budget: 1e9, store } });
    network.destroy();
    await network.tuned;
    expect(store.kept).toEqual({});
  });

  test.each<[string, () => Promise<never>]>([
    ['rejects', () => Promise.reject(new Error('no'))],
    ['never answers', () => new Promise(() => undefined)],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['returns no promise', () => null as never],
  ])('a store that %s costs nothing but what it knew', async (_, answer) => {
    const broken = { load: answer, save: answer };
    const network = await compile(graph, gpu, { tuning: { budget: 1, store: broken, after } });
    await network.tuned;
    expect(network.steps.some(({ times }) => Object.keys(times).length)).toBe(true);
    network.destroy();
  });

  test('a batch of none is refused', async () => {
    await expect(compile(graph, gpu, { tuning: { batch: 0 } })).rejects.toThrow(
      'tuning.batch is 0; it must be a whole number of at least 1',
    );
  });

  test('false: nothing is timed', async () => {
    const network = await compile(graph, gpu, { tuning: false });
    await network.tuned;
    expect(network.steps.every(({ times }) => !Object.keys(times).length)).toBe(true);
    network.destroy();
  });
});

test('a frame after a change finds the faces of the one before, and says the same of them', async () => {
  const store = memoryStore();
  const read = (name: string) => readFile(`${root}/weights/${name}`);
  const models = {
    detector: await read('face/blazeface-128.onnx'),
    expression: await read('expression.onnx'),
  };
  const picture = await tiles(3);
  const recognizer = await createRecognizer({ gpu, ...models, maxFaces: 4, tuning: { budget: 300, store } });
  const faces: (readonly { label: string; scores: Readonly<Record<string, number>> }[])[] = [];
  const { dispatches } = recognizer.frame;
  async function* frames() {
    yield picture;
    yield picture;
    await recognizer.tuned;
    yield picture;
    yield picture;
  }
  // The detector runs only in the first frame, and in the first frame after the change.
  for await (const frame of recognizer.watch(frames(), { detectEvery: 100 })) faces.push(frame.faces);
  const changed = recognizer.frame.dispatches;
  recognizer.destroy();
  expect(faces.length).toBe(4);
  for (const found of faces) {
    expect(found.map(({ label }) => label)).toEqual(faces[0].map(({ label }) => label));
    expect(found.length).toBe(3);
    const scores = found.flatMap((face) => Object.values(face.scores));
    near(
      scores,
      faces[0].flatMap((face) => Object.values(face.scores)),
    );
  }
  expect(Object.keys(store.kept)).toEqual([gpu.id]);
  expect([dispatches.expression, changed.expression].every((n) => n > 0)).toBe(true);
});
