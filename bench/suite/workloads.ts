/** Workloads: what applications do. Every result is checked before it counts. */

import { random } from '../../shaders/cases/case';
import { pairsOf } from '../../shaders/svm/svm';
import { decisions, kernelMatrix } from '../../shaders/svm/svm.ref';
import {
  compile,
  createGpu,
  createRecognizer,
  type Network,
  type Pixels,
  type Recognizer,
  type Svm,
  svmToGraph,
  type TuningStore,
} from '../../src';
import { type Model, mobileNet, vgg } from '../models';
import { reference } from './chain-reference';
import { type Bench, type Entry, type Item, type Ready, single, wallClock } from './item';

/** Milliseconds of tuning, enough for every variant. It is over before anything is measured. */
const TUNING = 60_000;

/** The part of the bundled photo that contains the face, in pixels. */
const FACE = { x: 130, y: 30, side: 190 };

/** A square picture with `count` copies of the face in rows. Every second copy is mirrored. */
export function drawFaces(photo: Pixels, count: number): Pixels {
  const columns = Math.max(1, Math.ceil(Math.sqrt(count)));
  const { x: left, y: top, side } = FACE;
  const width = columns * side;
  const data = new Uint8ClampedArray(width * width * 4).fill(0x6e);
  for (let at = 0; at < count; at++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const from = 4 * ((top + y) * photo.width + left + (at % 2 ? side - 1 - x : x));
        const to = 4 * ((Math.floor(at / columns) * side + y) * width + (at % columns) * side + x);
        for (let channel = 0; channel < 4; channel++) data[to + channel] = photo.data[from + channel];
      }
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height: width, data };
}

/** A recognizer that is tuned, kept for all items until `closeWorkloads`. */
let open: Promise<Recognizer> | undefined;

const recognizerOf = (bench: Bench): Promise<Recognizer> => {
  open ??= (async () => {
    const recognizer = await createRecognizer({
      ...{ gpu: bench.gpu, maxFaces: 64, tuning: { budget: TUNING, store: undefined }, ...bench.models },
    });
    await recognizer.recognize(drawFaces(await bench.photo(), 1));
    await recognizer.tuned;
    return recognizer;
  })();
  return open;
};

/** Frees what the workloads share. */
export async function closeWorkloads(): Promise<void> {
  const recognizer = await open?.catch(() => undefined);
  open = undefined;
  recognizer?.destroy();
}

/** A picture as a texture of the device, so that no upload is measured. */
function textureOf({ gpu: { device } }: Bench, { width, height, data }: Pixels): GPUTexture {
  const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
  const texture = device.createTexture({
    ...{ label: 'faces', size: [width, height], format: 'rgba8unorm', usage },
  });
  device.queue.writeTexture({ texture }, data as BufferSource, { bytesPerRow: 4 * width }, [width, height]);
  return texture;
}

/** @throws Error if a face is missing, or if one is not recognised as happy, which it is */
async function checkFaces(recognizer: Recognizer, texture: GPUTexture, count: number): Promise<void> {
  const faces = await recognizer.recognize(texture);
  const labels = new Set(faces.map(({ label }) => label));
  if (faces.length !== count || (count && (labels.size !== 1 || !labels.has('happy'))))
    throw new Error(`${faces.length} of ${count} faces are found, as ${[...labels].join(', ') || 'nothing'}`);
}

/** Frames that are submitted before the first one is read. */
const UNDER_WAY = 3;

const facesItem = (count: number): Item => ({
  ...{ id: `workloads/faces/${count}`, group: 'workloads', unit: 'faces/s' },
  title: `Faces in a stream, ${count} in a picture`,
  async prepare(bench) {
    const recognizer = await recognizerOf(bench);
    const texture = textureOf(bench, drawFaces(await bench.photo(), count));
    await checkFaces(recognizer, texture, count);
    return {
      async sample(repetitions) {
        const started = performance.now();
        const pending: Promise<unknown>[] = [];
        for (let i = 0; i < repetitions; i++) {
          if (pending.length === UNDER_WAY) await pending.shift();
          pending.push(recognizer.recognize(texture));
        }
        await Promise.all(pending);
        return (performance.now() - started) / repetitions;
      },
      value: (ms) => (1000 * count) / ms,
      destroy: () => texture.destroy(),
    };
  },
});

const latencyItem: Item = {
  ...{ id: 'workloads/latency', group: 'workloads', unit: 'ms' },
  title: 'From a frame to its label, one face, nothing else under way',
  async prepare(bench) {
    const recognizer = await recognizerOf(bench);
    const texture = textureOf(bench, drawFaces(await bench.photo(), 1));
    await checkFaces(recognizer, texture, 1);
    return {
      sample: wallClock(() => recognizer.recognize(texture)),
      value: (ms) => ms,
      ...{ repetitions: 1, percentiles: [90, 99] },
      destroy: () => texture.destroy(),
    };
  },
};

/** Starts on a device of its own: opening, loading the models, compiling, and the label of the first picture. */
const startItem = (warm: boolean): Item => ({
  ...{ id: `workloads/${warm ? 'warm' : 'cold'} start`, group: 'workloads', unit: 'ms' },
  title: warm
    ? 'A warm start: to the first label, with the browser’s and Mien’s stored kernels'
    : 'A cold start: to the first label, the first one of this page',
  async prepare(bench) {
    const photo = drawFaces(await bench.photo(), 1);
    let stored = {};
    const store: TuningStore = {
      load: async () => stored,
      async save(_, timings) {
        stored = { ...stored, ...timings };
      },
    };
    const start = async () => {
      const gpu = await createGpu({ gpu: bench.gpu.instance });
      const started = performance.now();
      const recognizer = await createRecognizer({
        ...{ gpu, tuning: { budget: warm ? TUNING : 0, store }, ...bench.models },
      });
      const [face, ...others] = await recognizer.recognize(photo);
      const ms = performance.now() - started;
      if (face?.label !== 'happy' || others.length)
        throw new Error(`the first picture is recognised as ${face?.label}`);
      await recognizer.tuned;
      recognizer.destroy();
      gpu.destroy();
      return ms;
    };
    if (warm) await start();
    return {
      sample: start,
      value: (ms) => ms,
      samples: warm ? 5 : 1,
      repetitions: 1,
      destroy: () => undefined,
    };
  },
});

const ROWS = 256;
const K = 128;
const CLASSES = 7;

/** An RBF machine with random vectors and coefficients. */
function svmOf(S: number): Svm & { readonly counts: readonly number[] } {
  const counts = Array.from({ length: CLASSES }, (_, c) => Math.floor((S + c) / CLASSES));
  return {
    ...{ kernel: 'rbf', gamma: Math.fround(0.05), coef0: 0, degree: 3, counts },
    ...{ labels: counts.map((_, c) => c), features: K, supportVectors: random(1, S * K) },
    coefficients: random(2, (CLASSES - 1) * S),
    rho: [...random(3, pairsOf(CLASSES), -0.1, 0.1)],
  };
}

const svmItem = (S: number): Item => ({
  ...{ id: `workloads/svm/${S}`, group: 'workloads', unit: 'items/s' },
  title: `SVM predictions, RBF, ${S.toLocaleString('en')} support vectors x ${K}, ${ROWS} rows a run`,
  async prepare({ gpu }) {
    const svm = svmOf(S);
    const tuning = { budget: TUNING, store: undefined };
    const network = await compile(svmToGraph(svm), gpu, { batch: ROWS, tuning });
    const data = random(4, ROWS * K);
    const inputs = { [network.inputs[0].name]: { shape: [ROWS, K], data } };
    const run = () => network.run(inputs);
    await run();
    await network.tuned;
    const { scores } = await run();
    const first = Uint32Array.from({ length: CLASSES + 1 }, (_, c) =>
      svm.counts.slice(0, c).reduce((a, b) => a + b, 0),
    );
    const B = 4; // the reference of all rows would take seconds
    const matrix = kernelMatrix({ ...svm, B, K, S }, data, svm.supportVectors as Float32Array);
    const o = { B, S, classes: CLASSES };
    const expected = decisions(o, matrix, svm.coefficients as Float32Array, first, svm.rho);
    checkClose(scores.data as Float32Array, expected, 'decision values');
    return {
      sample: wallClock(run),
      value: (ms) => (1000 * ROWS) / ms,
      destroy: () => network.destroy(),
    };
  },
});

/** A value may differ by this share of the largest one: sums in other orders, and Winograd's transforms. */
const ALLOWED = 1e-3;

/** @throws Error if one of the first numbers differs from the reference */
function checkClose(found: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]));
  for (let i = 0; i < expected.length; i++)
    if (!(Math.abs(found[i] - expected[i]) <= ALLOWED * largest))
      throw new Error(
        `${what}: at ${i}: ${found[i]}, reference ${expected[i]}, allowed ${ALLOWED * largest}`,
      );
}

const networkItem = (modelOf: () => Model, batch: number, name: string): Item => ({
  ...{ id: `workloads/${name}/${batch}`, group: 'workloads', unit: 'items/s' },
  title: `${name}, batch ${batch}, uploaded and read back`,
  async prepare({ gpu }): Promise<Ready> {
    const model = modelOf();
    const tuning = { budget: TUNING, store: undefined };
    const network: Network = await compile(model.graph, gpu, { batch, tuning });
    const item = random(
      5,
      model.shape.reduce((a, b) => a * b),
    );
    const data = new Float32Array(batch * item.length);
    for (let i = 0; i < batch; i++) data.set(item, i * item.length);
    const inputs = { x: { shape: [batch, ...model.shape], data } };
    const run = () => network.run(inputs);
    await run();
    await network.tuned;
    const output = (await run())[model.graph.outputs[0]].data as Float32Array;
    const expected = reference(model, item);
    for (const at of [0, batch - 1])
      checkClose(output.subarray(at * expected.length), expected, `${name}, item ${at}`);
    return {
      sample: wallClock(run),
      value: (ms) => (1000 * batch) / ms,
      destroy: () => network.destroy(),
    };
  },
});

/** The first start of a page, which must be measured before everything else. */
export const coldStart: Entry = single(startItem(false), true);

/** All workloads but the cold start. */
export const workloads: readonly Entry[] = [
  ...[1, 4, 16, 64].map((count) => single(facesItem(count), count === 4)),
  single(latencyItem, true),
  single(startItem(true)),
  ...[100, 1000, 10_000].map((S) => single(svmItem(S), S === 1000)),
  ...[1, 8, 32].map((batch) => single(networkItem(vgg, batch, 'VGG'), batch === 8)),
  ...[1, 8, 32].map((batch) => single(networkItem(mobileNet, batch, 'MobileNet-like'), batch === 8)),
];
