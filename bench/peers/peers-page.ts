/** What runs in the page: all engines in turn on the same models and inputs, compared first, then timed. */

import { Bench } from 'tinybench';
import { random } from '../../shaders/cases/case';
import { createGpu, type Gpu, svmToGraph } from '../../src';
import { createTimer, type Timer } from '../../src/gpu/timer';
import type { Model } from '../models';
import { median, percentiles } from '../statistics';
import { ceilingsOf, type Roof } from '../suite/roofline';
import { createSuite } from '../suite/suite';
import { encodeOnnx } from './encode-onnx';
import { type Engine, mien, ortWasm, ortWebgpu, type Runner, tfjs } from './engines';
import { loadModels } from './models';
import { SVM, svmEngines, train } from './svm';

export interface PeersOptions {
  readonly models: readonly string[];
  readonly batches: readonly number[];
  readonly rounds: number;
}

export interface PeersRow {
  readonly model: string;
  readonly batch: number;
  readonly engine: string;
  /** Milliseconds. Creating and the first run are of one page; later ones may find shaders that the browser kept. */
  readonly create_ms: number;
  readonly first_ms: number;
  readonly median_ms: number;
  readonly p90_ms: number;
  /** The engine's median over Mien's: how many times as long it takes. */
  readonly ratio: number;
  /** The largest difference from Mien's output, over the largest number of it. */
  readonly difference: number;
}

/** A run of Mien's kernels alone, by the GPU's clock: nothing is uploaded or read back. */
export interface KernelsRow {
  readonly model: string;
  readonly batch: number;
  readonly ms: number;
  /** Of the model's multiply-adds, two each, whatever a variant computes to get there; over the adapter's peak. */
  readonly gflops: number;
  readonly share: number;
}

export interface PeersResults {
  readonly adapter: string;
  readonly ceilings: Roof;
  readonly rows: readonly PeersRow[];
  readonly kernels: readonly KernelsRow[];
  /** Engines that can't run a model, and what they say. */
  readonly missing: readonly { readonly engine: string; readonly model: string; readonly why: string }[];
}

/** Rows that an SVM is asked for, besides the batches of the CNNs. */
const SVM_BATCH = 256;

/** Outputs may differ by so much of the largest number: sums in other orders. */
const ALLOWED = 1e-3;

const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const started = performance.now();
  const result = await work();
  return [result, performance.now() - started];
};

async function measure(
  engines: readonly Engine[],
  model: Pick<Model, 'name' | 'shape' | 'graph'>,
  file: Uint8Array,
  batch: number,
  rounds: number,
  timer: Timer,
): Promise<{ rows: PeersRow[]; missing: PeersResults['missing']; kernels?: number }> {
  const shape = [batch, ...model.shape];
  const x = random(
    7,
    shape.reduce((a, b) => a * b),
  );
  const ready: {
    engine: Engine;
    runner: Runner;
    create: number;
    first: number;
    y: Float32Array;
    times: number[];
  }[] = [];
  const missing: { engine: string; model: string; why: string }[] = [];
  for (const engine of engines) {
    try {
      const [runner, create] = await timed(() => engine.create(file.slice(), model.graph, batch));
      const [y, first] = await timed(() => runner.run(x, shape));
      await runner.settled?.(); // the next engine has the machine to itself
      ready.push({ engine, runner, create, first, y: y.slice(), times: [] });
    } catch (error) {
      missing.push({
        engine: engine.name,
        model: model.name,
        why: String((error as Error)?.message ?? error).slice(0, 200),
      });
    }
  }
  const [own] = ready;
  if (own?.engine !== engines[0]) throw new Error(`${model.name}: ${missing[0]?.why}`);
  const largest = own.y.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const difference = (y: Float32Array) =>
    y.length === own.y.length
      ? y.reduce((most, v, i) => Math.max(most, Math.abs(v - own.y[i])), 0) / largest
      : Infinity;
  for (const { engine, y } of ready)
    if (!(difference(y) < ALLOWED))
      throw new Error(
        `${model.name}, batch ${batch}: ${engine.name} is ${difference(y)} off ${own.engine.name}`,
      );
  for (const { engine, runner } of ready) {
    if (!runner.settled) continue;
    const off = difference(await runner.run(x, shape));
    if (!(off < ALLOWED)) throw new Error(`${model.name}: tuned, ${engine.name} is ${off} off itself`);
  }
  for (let round = 0; round < rounds; round++)
    for (const { runner, times } of ready) {
      const bench = new Bench({ iterations: 1, time: 0, warmup: false, retainSamples: true, throws: true });
      bench.add('run', async () => {
        await runner.run(x, shape);
      });
      const [{ result }] = await bench.run();
      if (!('latency' in result)) throw new Error(`tinybench: ${result.state}`);
      times.push(...(result.latency.samples ?? []));
    }
  const rows = ready.map(({ engine, create, first, y, times }) => ({
    ...{ model: model.name, batch, engine: engine.name, create_ms: create, first_ms: first },
    ...{ median_ms: median(times), p90_ms: percentiles(times).p90 },
    ...{ ratio: median(times) / median(own.times), difference: difference(y) },
  }));
  const { record } = own.runner;
  const kernels = record && (await timer.time((pass) => record(pass)));
  for (const { runner } of ready) await runner.destroy();
  return { rows, missing, kernels };
}

/** Measures the ceilings that shares refer to. */
async function roofOf(gpu: Gpu): Promise<Roof> {
  const mien = { version: '', commit: '' };
  const photo = () => Promise.reject(new Error('no photo is needed for ceilings'));
  const suite = createSuite({ gpu, photo, profile: 'quick', groups: ['ceilings'], mien });
  const roof = ceilingsOf(await suite.run());
  await suite.destroy();
  if (!roof) throw new Error(`the ceilings can't be measured: ${suite.report.missing[0]?.why}`);
  return roof;
}

async function run({ models, batches, rounds }: PeersOptions): Promise<PeersResults> {
  const gpu = await createGpu();
  const engines = [mien(gpu), await ortWebgpu(), await ortWasm(1), await ortWasm(2), await tfjs()];
  const ceilings = await roofOf(gpu);
  const rows: PeersRow[] = [];
  const missing: PeersResults['missing'][number][] = [];
  const kernels: KernelsRow[] = [];
  const timer = createTimer(gpu);
  const take = (measured: Awaited<ReturnType<typeof measure>>) => {
    rows.push(...measured.rows);
    missing.push(...measured.missing);
    for (const { model, batch, engine, median_ms, ratio } of measured.rows)
      console.log(`${model}, batch ${batch}, ${engine}: ${median_ms.toFixed(1)} ms, x ${ratio.toFixed(2)}`);
  };
  const isWanted = (name: string) =>
    !models.length || models.some((start) => name.toLowerCase().startsWith(start.toLowerCase()));
  for (const model of await loadModels()) {
    if (!isWanted(model.name)) continue;
    const fixed = typeof model.graph.inputs[0].shape[0] === 'number';
    for (const batch of fixed ? [1] : batches) {
      const measured = await measure(engines, model, encodeOnnx(model.graph), batch, rounds, timer);
      take(measured);
      const ms = measured.kernels ?? Number.NaN;
      const gflops = (2 * model.multiplyAdds * batch) / ms / 1e6;
      kernels.push({ model: model.name, batch, ms, gflops, share: gflops / ceilings.gflops });
    }
  }
  const name = `SVM, RBF, ${SVM.S} x ${SVM.K}`;
  if (isWanted(name)) {
    const trained = await train();
    const machine = { name, shape: [SVM.K], graph: svmToGraph(trained.svm) };
    for (const batch of new Set([...batches, SVM_BATCH]))
      take(await measure(svmEngines(gpu, trained), machine, new Uint8Array(), batch, rounds, timer));
  }
  return { adapter: gpu.adapter, ceilings, rows, kernels, missing };
}

declare global {
  interface Window {
    runPeers: typeof run;
  }
}
window.runPeers = run;
