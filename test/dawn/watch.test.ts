import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadOnnx } from '../../src/formats/load';
import type { Gpu } from '../../src/gpu/gpu';
import type { Graph } from '../../src/graph/graph';
import { resolve } from '../../src/graph/passes/resolve';
import { svmToGraph } from '../../src/svm/graph';
import type { Pixels } from '../../src/vision/picture-source';
import { createRecognizer, type Recognizer } from '../../src/vision/recognizer';
import type { WatchedFrame, WatchOptions } from '../../src/vision/watched-frames';
import { root } from '../fixtures';
import { tiles } from '../tiles';
import { openGpu } from './gpu';

let gpu: Gpu;
let recognizer: Recognizer;
let pictures: Pixels[];
beforeAll(async () => {
  gpu = await openGpu();
  recognizer = await createRecognizer({
    gpu,
    detector: await readFile(`${root}/weights/face/blazeface-128.onnx`),
    expression: await readFile(`${root}/weights/expression.onnx`),
    tuning: false,
  });
  pictures = await Promise.all([0, 1, 2, 3].map((count) => tiles(count, 2)));
});
afterAll(() => {
  recognizer.destroy();
  gpu.destroy();
});

/** A source of pictures with these numbers of faces. `seen` counts requests, and says whether it was closed. */
function source(counts: readonly number[], fail?: Error) {
  const seen = { asked: 0, closed: false };
  async function* bring() {
    try {
      for (const count of counts) {
        seen.asked++;
        yield pictures[count];
      }
      if (fail) throw fail;
    } finally {
      seen.closed = true;
    }
  }
  return { seen, frames: bring() };
}

const all = async (counts: readonly number[], options?: WatchOptions): Promise<WatchedFrame[]> => {
  const found: WatchedFrame[] = [];
  for await (const frame of recognizer.watch(source(counts).frames, options)) found.push(frame);
  return found;
};

test('every frame is told, in order, and faces keep their ids', async () => {
  const counts = [1, 3, 3, 2, 2, 1];
  const found = await all(counts);
  expect(found.map(({ faces }) => faces.length)).toEqual(counts);
  const place = ({ faces }: WatchedFrame) => faces.toSorted((a, b) => a.box.x - b.box.x || a.box.y - b.box.y);
  expect(new Set(found.flatMap(({ faces }) => faces.map(({ id }) => id))).size).toBe(3);
  expect(place(found[2]).map(({ id }) => id)).toEqual(place(found[1]).map(({ id }) => id));
  for (const [i, { time }] of found.entries()) if (i) expect(time).toBeGreaterThan(found[i - 1].time);
});

test('detectEvery: between detections faces are read where they were', async () => {
  const found = await all([2, 0, 3, 1], { detectEvery: 2, smoothing: 0 });
  expect(found.map(({ faces }) => faces.length)).toEqual([2, 2, 3, 3]);
  expect(found[1].faces.map(({ box }) => box)).toEqual(found[0].faces.map(({ box }) => box));
  // The expressions are those of the new picture.
  expect(found[1].faces[0].scores).not.toEqual(found[0].faces[0].scores);
  expect(found[1].faces[0].scores).toEqual(found[1].faces[1].scores); // both are grey
});

test('maxFaces: the surest', async () => {
  const [frame, three] = [...(await all([3], { maxFaces: 2 })), ...(await all([3]))];
  expect(frame.faces.map(({ box }) => box)).toEqual(three.faces.slice(0, 2).map(({ box }) => box));
});

test('options that are no counts are refused', async () => {
  for (const options of [{ maxFaces: 0 }, { detectEvery: 0 }, { detectEvery: Number.NaN }, { smoothing: -1 }])
    await expect(all([1], options)).rejects.toThrow(/ is (0|NaN|-1); it must be .*at least/);
});

test('what brings no pictures is refused, and what is none', async () => {
  for (const [source, message] of [
    [undefined, "undefined can't be watched"],
    [{ width: 4 }, "an object with width can't be watched: a video, a stream"],
    [
      (async function* () {
        yield 7;
      })(),
      '7 is not a picture',
    ],
  ] as const)
    await expect(async () => {
      for await (const _ of recognizer.watch(source as never)) expect.unreachable();
    }).rejects.toThrow(message);
  await expect(recognizer.recognize(null as never)).rejects.toThrow('null is not a picture');
});

test.each([
  [{ maxFaces: 0 }, /maxFaces is 0; it must be a whole number of at least 1/],
  [{ maxFaces: 1.5 }, /maxFaces is 1.5/],
  [{ minScore: 2 }, /minScore is 2; it must be a number from 0 to 1/],
  [{ minScore: Number.NaN }, /minScore is NaN/],
])('%j is refused', async (options, message) => {
  await expect(createRecognizer({ gpu, ...options })).rejects.toThrow(message);
});

test('break lets the source go', async () => {
  const { seen, frames } = source([1, 2, 3, 1, 2, 3, 1, 2, 3]);
  for await (const { faces } of recognizer.watch(frames)) if (faces.length === 2) break;
  expect(seen.closed).toBe(true);
  expect(seen.asked).toBeLessThanOrEqual(6); // two returned, three in progress, one waiting
  expect((await recognizer.recognize(pictures[1])).length).toBe(1);
});

test('a signal ends it, even while the source brings nothing', async () => {
  const stop = new AbortController();
  const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
  setTimeout(() => stop.abort(), 20);
  for await (const _ of recognizer.watch(silent, { signal: stop.signal })) expect.unreachable();
  for await (const _ of recognizer.watch(source([1]).frames, { signal: AbortSignal.abort() }))
    expect.unreachable();
  for await (const _ of recognizer.watch(silent, { signal: AbortSignal.abort() })) expect.unreachable();
});

test('destroy() ends it, with an error, even while the source brings nothing', async () => {
  const own = await createRecognizer({
    gpu,
    detector: await readFile(`${root}/weights/face/blazeface-128.onnx`),
    expression: await readFile(`${root}/weights/expression.onnx`),
    tuning: false,
  });
  const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
  setTimeout(() => own.destroy(), 20);
  await expect(async () => {
    for await (const _ of own.watch(silent)) expect.unreachable();
  }).rejects.toThrow('the recognizer is destroyed');
});

test('an abort before destroy() ends it without an error, even while a result is outstanding', async () => {
  const own = await createRecognizer({
    gpu,
    detector: await readFile(`${root}/weights/face/blazeface-128.onnx`),
    expression: await readFile(`${root}/weights/expression.onnx`),
    tuning: false,
  });
  const stop = new AbortController();
  const frames = own.watch(source([1, 2, 3]).frames, { signal: stop.signal });
  const next = frames.next();
  await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  own.destroy();
  expect(await next).toEqual({ done: true, value: undefined });
});

test('return() ends it at once, while the source brings nothing', async () => {
  const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
  const frames = recognizer.watch(silent);
  const next = frames.next();
  expect(await frames.return()).toEqual({ done: true, value: undefined });
  expect(await next).toEqual({ done: true, value: undefined });
});

test('the signal of a recognizer stops its making, and later ends it and what watches', async () => {
  const models = {
    detector: await readFile(`${root}/weights/face/blazeface-128.onnx`),
    expression: await readFile(`${root}/weights/expression.onnx`),
  };
  const stop = new AbortController();
  const making = createRecognizer({ gpu, ...models, tuning: false, signal: stop.signal });
  stop.abort(new Error('unmounted'));
  await expect(making).rejects.toThrow('unmounted');
  await expect(createRecognizer({ gpu, ...models, signal: stop.signal })).rejects.toThrow('unmounted');

  const later = new AbortController();
  const own = await createRecognizer({ gpu, ...models, tuning: false, signal: later.signal });
  let count = 0;
  for await (const _ of own.watch(source([1, 1, 1, 1]).frames)) if (++count === 2) later.abort();
  expect(count).toBe(2);
  await expect(own.recognize(pictures[1])).rejects.toThrow('the recognizer is destroyed');
});

test('a result says whether there are more faces than are returned', async () => {
  const own = await createRecognizer({
    ...{ gpu, maxFaces: 2, tuning: false },
    detector: await readFile(`${root}/weights/face/blazeface-128.onnx`),
    expression: await readFile(`${root}/weights/expression.onnx`),
  });
  const found = [];
  for (const picture of pictures) found.push(await own.analyse(picture));
  own.destroy();
  expect(found.map(({ faces, moreFaces }) => [faces.length, moreFaces])).toEqual([
    ...[
      [0, false],
      [1, false],
      [2, false],
    ],
    [2, true],
  ]);
  const watched = await all([3, 1], { maxFaces: 1 });
  expect(watched.map(({ moreFaces }) => moreFaces)).toEqual([true, false]);
});

test('a CNN alone, an SVM alone, and a detector with joined outputs', async () => {
  const read = async (path: string) => loadOnnx(await readFile(`${root}/weights/${path}`));
  const [detector, whole] = await Promise.all([read('face/blazeface-128.onnx'), read('expression.onnx')]);
  const concat = (inputs: string[], output: string) => ({
    ...{ op: 'Concat', domain: '', name: output, inputs, outputs: [output], attributes: { axis: 1 } },
  });
  const shape = (name: string) => resolve(detector, 1).shapes.get(name)?.join();
  const named = (text: string) => detector.outputs.find((name) => shape(name) === text)!;
  const joined: Graph = {
    ...detector,
    outputs: ['logits', 'boxes'],
    nodes: [
      ...detector.nodes,
      concat([named('1,512,1'), named('1,384,1')], 'logits'),
      concat([named('1,512,16'), named('1,384,16')], 'boxes'),
    ],
  };
  const same = await createRecognizer({ gpu, detector: joined, expression: whole, tuning: false });
  expect(await same.recognize(pictures[2])).toEqual(await recognizer.recognize(pictures[2]));
  same.destroy();

  // The CNN's features before the Scaler and the SVM are used as logits.
  const scaler = whole.nodes.find(({ op }) => op === 'Scaler')!;
  const features = scaler.inputs[0];
  const labels = Array.from({ length: 64 }, (_, i) => `class ${i}`);
  const cnn: Graph = {
    ...whole,
    outputs: [features],
    nodes: whole.nodes.slice(0, whole.nodes.indexOf(scaler)),
  };
  const pixels = svmToGraph({
    ...{
      kernel: 'rbf',
      gamma: 1e-4,
      coef0: 0,
      degree: 0,
      labels: ['dark', 'light'],
      features: 2304,
      counts: [1, 1],
    },
    supportVectors: Float32Array.from({ length: 4608 }, (_, i) => (i < 2304 ? -1 : 1)),
    coefficients: Float32Array.of(1, -1),
    ...{ rho: [0], probA: [-4], probB: [0] },
  });
  for (const [expression, names] of [
    [cnn, labels],
    [pixels, undefined],
  ] as const) {
    const own = await createRecognizer({ gpu, detector, expression, labels: names, tuning: false });
    const [face] = await own.recognize(pictures[1]);
    expect(Object.keys(face.scores)).toEqual(names ?? ['dark', 'light']);
    expect(Object.values(face.scores).reduce((a, b) => a + b)).toBeCloseTo(1, 4);
    if (!names) {
      const level = (v: number) =>
        own.recognize(
          { width: 48, height: 48, data: new Uint8Array(9216).map((_, i) => (i % 4 === 3 ? 255 : v)) },
          { detect: false },
        );
      expect((await level(20))[0].label).toBe('dark');
      expect((await level(230))[0].label).toBe('light');
    }
    own.destroy();
  }
});

test('what is no picture is refused, with what is accepted', async () => {
  const { width, height, data } = pictures[1];
  const refusal = (picture: unknown) =>
    recognizer.recognize(picture as Pixels).then(
      () => 'nothing',
      (error: Error) => error.message,
    );
  expect(await refusal('/a.png')).toMatch(/^the text "\/a.png" is not a picture: a Blob .* is needed$/);
  expect(await refusal({ width, height })).toMatch(/data, the bytes of RGBA, is missing/);
  expect(await refusal({ width, height, data: new Uint16Array(data) })).toMatch(
    /data is a Uint16Array: bytes/,
  );
  expect(await refusal({ width, height, data: new Float32Array(data) })).toMatch(/is a Float32Array: bytes/);
  expect(await refusal({ width: 0, height: 4, data: new Uint8Array() })).toMatch(/0 x 4: it has no pixels/);
});

test('what is transparent counts as black', async () => {
  const { width, height, data } = pictures[1];
  const clear = { width, height, data: data.map((v, i) => (i % 4 === 3 ? 0 : v)) };
  expect(await recognizer.recognize(clear)).toEqual([]);
  const half = (v: number, i: number) => (i % 4 === 3 ? 128 : v);
  const black = (v: number, i: number) => (i % 4 === 3 ? 255 : Math.round((v * 128) / 255));
  const [blended, darker] = await Promise.all(
    [half, black].map((change) =>
      recognizer.recognize({ width, height, data: Uint8ClampedArray.from(data, change) }),
    ),
  );
  expect(blended.length).toBe(1);
  expect(blended).toEqual(darker);
});

test('a picture of another size is searched, whatever detectEvery says', async () => {
  const narrow = { width: 190, height: 380, data: pictures[0].data.slice(0, 190 * 380 * 4) };
  async function* turned() {
    yield pictures[2];
    yield narrow;
  }
  const found: number[] = [];
  for await (const { faces } of recognizer.watch(turned(), { detectEvery: 9 })) found.push(faces.length);
  expect(found).toEqual([2, 0]);
});

test('what goes wrong is thrown after the frames before it', async () => {
  const counts: number[] = [];
  await expect(async () => {
    for await (const { faces } of recognizer.watch(source([1, 2], new Error('unplugged')).frames))
      counts.push(faces.length);
  }).rejects.toThrow('unplugged');
  expect(counts).toEqual([1, 2]);
  async function* broken() {
    yield pictures[1];
    yield { width: 4, height: 4, data: new Uint8Array(3) };
  }
  await expect(async () => {
    for await (const _ of recognizer.watch(broken()));
  }).rejects.toThrow(/64 bytes, but the picture has 3/);
});

test('thirty frames leave as many buffers as there were', async () => {
  let live = 0;
  const { device } = gpu;
  const make = device.createBuffer;
  device.createBuffer = (descriptor) => {
    live++;
    return make.call(device, descriptor);
  };
  const found = await all(Array.from({ length: 30 }, (_, i) => i % 4));
  device.createBuffer = make;
  expect(found.length).toBe(30);
  expect(live).toBe(0);
});
