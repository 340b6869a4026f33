/** All engines in turn on the same models and inputs: their outputs are compared first, then they are timed. */

import { random } from '../../shaders/cases/case';
import { type Gpu, svmToGraph } from '../../src';
import { createTimer } from '../../src/gpu/timer';
import { summarise } from '../suite/method';
import type { EngineRow, Engines } from '../suite/report';
import { encodeOnnx } from './encode-onnx';
import { type Engine, type Forms, mien, ortWasm, ortWebgpu, type Runner, tfjs } from './engines';
import { litert } from './litert';
import { loadModels } from './models';
import { SVM, svmEngines, train } from './svm';

/** What is compared. */
export interface EnginesOptions {
  /** Models whose names begin with one of these texts; default: all. */
  readonly models?: readonly string[];
  /** The batches of the CNNs. An SVM is also asked for 256 rows. Default: 1 and 8. */
  readonly batches?: readonly number[];
  /** How often each engine runs each model, in turn with the others. Default: 7. */
  readonly rounds?: number;
  /** Is called before each model and batch with its title and the part that is done, 0..1. */
  onProgress?(title: string, done: number): void;
  readonly signal?: AbortSignal;
}

/** Rows that an SVM is asked for, besides the batches of the CNNs. */
const SVM_BATCH = 256;

/** Outputs may differ by so much of the largest number: sums in other orders, and weights that LiteRT stores as f16. */
const ALLOWED = 1e-3;

const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const started = performance.now();
  const result = await work();
  return [result, performance.now() - started];
};

/** An engine with a model that it has run. */
interface Entrant {
  readonly name: string;
  readonly runner: Runner;
  readonly create: number;
  readonly first: number;
  readonly y: Float32Array;
  readonly times: number[];
}

type Missing = Engines['missing'][number];

/** Runs a model on every engine once, Mien first. Engines that fail are returned with the reason. @throws Error if Mien fails */
async function enter(
  engines: readonly Engine[],
  model: string,
  forms: Forms,
  { x, shape }: { x: Float32Array; shape: readonly number[] },
): Promise<[Entrant[], Missing[]]> {
  const entrants: Entrant[] = [];
  const missing: Missing[] = [];
  for (const { name, create: make } of engines)
    try {
      const length = entrants[0]?.y.length;
      const own = { ...forms, length, onnx: forms.onnx.slice() };
      const [runner, create] = await timed(() => make(own, shape[0]));
      const [y, first] = await timed(() => runner.run(x, shape));
      await runner.settled?.(); // the next engine has the machine to itself
      entrants.push({ name, runner, create, first, y: y.slice(), times: [] });
    } catch (error) {
      missing.push({ engine: name, model, why: String((error as Error)?.message ?? error).slice(0, 200) });
    }
  if (entrants[0]?.name !== engines[0].name) throw new Error(`${model}: ${missing[0]?.why}`);
  return [entrants, missing];
}

/** The largest difference of an output from Mien's, divided by the largest number of it. */
function differenceOf(own: Float32Array, y: Float32Array): number {
  if (y.length !== own.length) return Number.POSITIVE_INFINITY;
  const largest = own.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return y.reduce((most, v, i) => Math.max(most, Math.abs(v - own[i])), 0) / largest;
}

/** Compares the engines on a model. @throws Error if Mien's own output changes while it is tuned */
async function compareOn(
  engines: readonly Engine[],
  model: string,
  forms: Forms,
  shape: readonly number[],
  { rounds = 7, signal }: EnginesOptions,
  kernels?: (runner: Runner) => Promise<number>,
): Promise<Engines> {
  const [batch] = shape;
  const length = shape.reduce((a, b) => a * b);
  const x = random(7, length);
  const [entrants, missing] = await enter(engines, model, forms, { x, shape });
  try {
    const [own] = entrants;
    const isRight = ({ name, y }: Entrant) => {
      const off = differenceOf(own.y, y);
      if (off < ALLOWED) return true;
      missing.push({
        engine: name,
        model,
        why: `its output differs by ${off.toPrecision(2)} of the largest`,
      });
      return false;
    };
    const right = entrants.filter(isRight);
    const tuned = differenceOf(own.y, await own.runner.run(x, shape));
    if (!(tuned < ALLOWED)) throw new Error(`${model}: tuned, Mien's output differs by ${tuned}`);
    for (let round = 0; round < rounds; round++)
      for (const { runner, times } of right) {
        signal?.throwIfAborted();
        times.push((await timed(() => runner.run(x, shape)))[1]);
      }
    const rows = right.map(({ name, create, first, y, times }): EngineRow => {
      const found = summarise(times.map((ms, round) => ms / own.times[round]));
      const ratio = { ...found, low: Math.max(0, found.low) };
      return {
        ...{ model, batch, engine: name, create, first, ms: summarise(times), samples: times, ratio },
        difference: differenceOf(own.y, y),
      };
    });
    const alone = await kernels?.(own.runner);
    return { rows: [{ ...rows[0], ...(alone && { kernels: alone }) }, ...rows.slice(1)], missing };
  } finally {
    for (const { runner } of entrants) await runner.destroy();
  }
}

/** Loads the engines. Those that can't be loaded are returned with the reason. */
async function load(gpu: Gpu): Promise<[Engine[], Missing[]]> {
  const engines = [mien(gpu)];
  const missing: Missing[] = [];
  const threads = globalThis.crossOriginIsolated ? [1, 2] : [1];
  const loaders: readonly (readonly [string, () => Promise<Engine>])[] = [
    ['onnxruntime-web, WebGPU', ortWebgpu],
    ...threads.map((n) => [`onnxruntime-web, WASM`, () => ortWasm(n)] as const),
    ['TensorFlow.js, WebGPU', tfjs],
    ['LiteRT.js, WebGPU', litert],
  ];
  for (const [engine, loader] of loaders)
    try {
      engines.push(await loader());
    } catch (error) {
      missing.push({ engine, model: 'any model', why: `it can't be loaded: ${(error as Error).message}` });
    }
  return [engines, missing];
}

/**
 * Compares Mien with the other engines, which it loads first. They open devices of their own.
 * @throws the signal's reason if it is aborted; Error if Mien can't run a model
 */
export async function compareEngines(gpu: Gpu, options: EnginesOptions = {}): Promise<Engines> {
  const { models = [], batches = [1, 8], onProgress, signal } = options;
  const timer = createTimer(gpu);
  try {
    onProgress?.('Loading the engines', 0);
    const [engines, absent] = await load(gpu);
    const results: Engines[] = [{ rows: [], missing: absent }];
    const isWanted = (name: string) =>
      !models.length || models.some((start) => name.toLowerCase().startsWith(start.toLowerCase()));
    const all = (await loadModels()).filter(({ name }) => isWanted(name));
    const jobs = all.flatMap((model) => {
      const fixed = typeof model.graph.inputs[0].shape[0] === 'number';
      return (fixed ? [1] : batches).map((batch) => ({
        title: `${model.name}, batch ${batch}`,
        model,
        batch,
      }));
    });
    for (const [at, { title, model, batch }] of jobs.entries()) {
      signal?.throwIfAborted();
      onProgress?.(title, at / (jobs.length + 1));
      const { name, graph, tflite, shape } = model;
      const forms = { graph, tflite, onnx: encodeOnnx(graph) };
      const alone = async ({ record }: Runner) => (record ? timer.time(record) : 0);
      results.push(await compareOn(engines, name, forms, [batch, ...shape], options, alone));
    }
    const machine = `SVM, RBF, ${SVM.S} x ${SVM.K}`;
    if (isWanted(machine)) {
      onProgress?.(`${machine}: training`, jobs.length / (jobs.length + 1));
      const trained = await train();
      const forms = { graph: svmToGraph(trained.svm), onnx: new Uint8Array() };
      for (const batch of new Set([...batches, SVM_BATCH])) {
        signal?.throwIfAborted();
        results.push(await compareOn(svmEngines(gpu, trained), machine, forms, [batch, SVM.K], options));
      }
    }
    return {
      rows: results.flatMap(({ rows }) => rows),
      missing: results.flatMap(({ missing }) => missing),
    };
  } finally {
    timer.destroy();
  }
}
