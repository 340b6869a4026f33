/** Compares frames with 0, 1, 3 and 16 faces with the reference of the crops and with the network run alone. */

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { crops } from '../../shaders/crops/crops.ref';
import { frame } from '../../shaders/frame/frame.ref';
import { loadOnnx } from '../../src/formats/load';
import type { Gpu } from '../../src/gpu/gpu';
import { compile, type Network } from '../../src/network/network';
import type { Face } from '../../src/vision/face';
import type { Pixels } from '../../src/vision/picture-source';
import { createRecognizer, type Recognizer } from '../../src/vision/recognizer';
import { root } from '../fixtures';
import { TILE, tiles } from '../tiles';
import { openGpu } from './gpu';

let gpu: Gpu;
let recognizer: Recognizer;
let alone: Network;
beforeAll(async () => {
  gpu = await openGpu();
  recognizer = await createRecognizer({
    gpu,
    detector: await readFile(`${root}/weights/face/blazeface-256.onnx`),
    expression: await readFile(`${root}/weights/expression.onnx`),
    tuning: false,
  });
  alone = await compile(await loadOnnx(await readFile(`${root}/weights/expression.onnx`)), gpu, {
    tuning: false,
  });
});
afterAll(() => {
  recognizer.destroy();
  alone.destroy();
  gpu.destroy();
});

/** Returns the scores of the network, run alone, for a face that the reference crops in float64. */
async function scoresAlone(picture: Pixels, face: Face): Promise<number[]> {
  const records = new Float32Array(24);
  records[0] = 1;
  records.set(
    face.keypoints.flatMap(({ x, y }) => [x, y]),
    8,
  );
  const shape = { maxFaces: 1, size: 48, eyesY: 0.4, betweenEyes: 0.365, eyesToMouth: 0.386 };
  const cut = { H: 48, W: 48, scale: 2, offset: -1, grey: true, border: 'nearest' } as const;
  const source = { ...picture, data: Uint8Array.from(picture.data) };
  const pixels = frame(cut, source, Float32Array.from(crops(shape, records)));
  const data = Float32Array.from({ length: 48 * 48 }, (_, i) => pixels[4 * i]);
  const { scores } = await alone.run({ x: { shape: [1, 1, 48, 48], data } });
  return Array.from(scores.data as Float32Array);
}

describe('as many faces as there are, in any order of frames', () => {
  test.each([1, 16, 0, 3, 0, 1])('%i', async (count) => {
    const picture = await tiles(count);
    const faces = await recognizer.recognize(picture);
    expect(faces.length).toBe(count);
    const places = faces.map(({ box }) => {
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      return Math.floor(y / TILE) * 4 + Math.floor(x / TILE);
    });
    expect([...places].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    expect(faces.map(({ score }) => score)).toEqual(faces.map(({ score }) => score).sort((a, b) => b - a));
    for (const face of faces) {
      const expected = await scoresAlone(picture, face);
      // Coordinates up to 760 in f32 change pixels slightly. The CNN and the SVM amplify these errors.
      Object.values(face.scores).forEach((p, k) => {
        expect(Math.abs(p - expected[k])).toBeLessThan(1e-3);
      });
    }
  });
});

test('a texture of the device is taken as it is', async () => {
  const picture = await tiles(2);
  const { width, height } = picture;
  const texture = gpu.device.createTexture({
    size: [width, height],
    format: 'rgba8unorm',
    usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST,
  });
  gpu.device.queue.writeTexture(
    { texture },
    picture.data as Uint8Array<ArrayBuffer>,
    { bytesPerRow: 4 * width },
    [width, height],
  );
  expect(await recognizer.recognize(texture)).toEqual(await recognizer.recognize(picture));
  texture.destroy();
});

test('a texture that the GPU refuses is told, and no other picture’s faces', async () => {
  await recognizer.recognize(await tiles(1));
  const { TEXTURE_BINDING, COPY_DST } = GPUTextureUsage;
  const make = (o: Partial<GPUTextureDescriptor>) =>
    gpu.device.createTexture({ size: [64, 64], format: 'rgba8unorm', usage: TEXTURE_BINDING, ...o });
  const refused = async (texture: GPUTexture, message: RegExp) => {
    await expect(recognizer.recognize(texture)).rejects.toThrow(message);
    texture.destroy();
  };
  await refused(make({ usage: COPY_DST }), /created without the usage TEXTURE_BINDING/);
  await refused(make({ size: [64, 64, 2] }), /2d, of 2 layers and 1 samples/);
  await refused(make({ format: 'rgba8uint' }), /format is rgba8uint: one of rgba8unorm, /);
  await refused(make({ format: 'rgba8unorm-srgb' }), /linear light and not as levels: one of rgba8unorm, /);
  await refused(make({ format: 'depth32float' }), /format is depth32float/);
  const gone = make({});
  await recognizer.recognize(gone);
  gone.destroy();
  await expect(recognizer.recognize(gone)).rejects.toThrow(/the GPU refused the picture: /);
  expect((await recognizer.recognize(await tiles(1))).length).toBe(1);
});

test('frames that overlap keep their own faces', async () => {
  const counts = [0, 3, 1, 3, 0];
  const found = await Promise.all(counts.map(async (count) => recognizer.recognize(await tiles(count))));
  expect(found.map(({ length }) => length)).toEqual(counts);
});

test('a frame is one submission, one pass and one read, and makes nothing', async () => {
  const picture = await tiles(3);
  await recognizer.recognize(picture);
  const { device } = gpu;
  const calls: string[] = [];
  const watched = [
    ...['createBuffer', 'createTexture', 'createBindGroup', 'createBindGroupLayout', 'createSampler'],
    ...['createComputePipeline', 'createComputePipelineAsync', 'createShaderModule', 'createCommandEncoder'],
  ] as const;
  const restore: (() => void)[] = [];
  const watch = (target: object, name: string) => {
    const object = target as Record<string, (...args: unknown[]) => unknown>;
    const original = object[name];
    object[name] = function (this: unknown, ...args) {
      calls.push(name);
      return original.apply(this === object ? target : this, args);
    };
    restore.push(() => {
      object[name] = original;
    });
  };
  for (const name of watched) watch(device, name);
  watch(device.queue, 'submit');
  watch(GPUBuffer.prototype, 'mapAsync');
  watch(GPUCommandEncoder.prototype, 'beginComputePass');
  for (let round = 0; round < 3; round++) await recognizer.recognize(picture);
  for (const undo of restore) undo();
  const one = ['createCommandEncoder', 'beginComputePass', 'submit', 'mapAsync'];
  expect(calls).toEqual([...one, ...one, ...one]);
});

test('crops are brought when asked for: what the CNN saw', async () => {
  const picture = await tiles(3);
  const faces = await recognizer.recognize(picture, { crops: true });
  for (const { crop, scores } of faces) {
    const own = await alone.run({ x: { shape: [1, 1, 48, 48], data: crop! } });
    expect(Object.values(scores)).toEqual(Array.from(own.scores.data as Float32Array));
  }
  const { faces: both, timings } = await recognizer.analyse(picture, { crops: true, stages: true });
  expect(both).toEqual(faces);
  expect(timings.stages === undefined).toBe(!gpu.features.has('timestamp-query'));
  expect('crop' in (await recognizer.recognize(picture))[0]).toBe(false);
});

test('stages are timed when asked for', async () => {
  const { timings } = await recognizer.analyse(await tiles(1), { stages: true });
  if (gpu.features.has('timestamp-query')) {
    expect(Object.keys(timings.stages!)).toEqual(['letterbox', 'detector', 'faces', 'crops', 'expression']);
    for (const each of Object.values(timings.stages!)) expect(each).toBeGreaterThanOrEqual(0);
    expect(timings.stages!.detector).toBeGreaterThan(timings.stages!.letterbox);
  } else expect(timings.stages).toBeUndefined();
  expect((await recognizer.analyse(await tiles(1))).timings.stages).toBeUndefined();
});
