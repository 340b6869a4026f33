import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadOnnx } from '../../src/formats/load';
import { createGpu, type Gpu } from '../../src/gpu/gpu';
import type { Graph } from '../../src/graph/graph';
import type { Tensor } from '../../src/network/inputs';
import { compile, type Network } from '../../src/network/network';
import { createFramePath } from '../../src/vision/frame-path';
import { root } from '../fixtures';
import { openGpu } from './gpu';

let gpu: Gpu;
let graph: Graph;
let network: Network;
beforeAll(async () => {
  gpu = await openGpu();
  graph = await loadOnnx(await readFile(`${root}/weights/expression.onnx`));
  network = await compile(graph, gpu, { batch: 2, tuning: false });
});
afterAll(() => {
  network.destroy();
  gpu.destroy();
});

const faces = (count: number, level = 0): Tensor => ({
  shape: [count, 1, 48, 48],
  data: new Float32Array(count * 2304).fill(level),
});
const scoresOf = async (x: Tensor) => Array.from((await network.run({ x })).scores.data as Float32Array);

describe('run', () => {
  test('calls that overlap do not mix', async () => {
    const levels = [-1, -0.5, 0, 0.5, 1, -1];
    const alone = [];
    for (const level of levels) alone.push(await scoresOf(faces(1, level)));
    expect(await Promise.all(levels.map((level) => scoresOf(faces(1, level))))).toEqual(alone);
    expect(alone[5]).toEqual(alone[0]);
    expect(alone[1]).not.toEqual(alone[0]);
  });

  test('an item gives the same alone and among others', async () => {
    const both = await scoresOf({
      shape: [2, 1, 48, 48],
      data: Float32Array.from({ length: 4608 }, (_, i) => (i < 2304 ? 0.25 : -0.75)),
    });
    expect([...(await scoresOf(faces(1, 0.25))), ...(await scoresOf(faces(1, -0.75)))]).toEqual(both);
  });

  test.each<[string, Record<string, Tensor>, RegExp]>([
    ['a batch too large', { x: faces(3) }, /the batch is 3, but the network was compiled for 1 to 2/],
    [
      'another shape',
      { x: { shape: [1, 1, 48, 47], data: new Float32Array(2256) } },
      /is \(1,1,48,47\), but the model needs \(N,1,48,48\)/,
    ],
    [
      'too few numbers',
      { x: { shape: [1, 1, 48, 48], data: new Float32Array(5) } },
      /needs 2304 numbers, but contains 5/,
    ],
    ['an unknown input', { x: faces(1), z: faces(1) }, /no input "z"; it has "x"/],
    ['no input', {}, /input "x" of \(2,1,48,48\) is missing/],
  ])('%s is refused', async (_, inputs, message) => {
    await expect(network.run(inputs)).rejects.toThrow(message);
  });

  test('encode() may be called twice on what was written once', async () => {
    const expected = await scoresOf(faces(1, 0.5));
    const [{ buffer }] = network.inputs;
    gpu.device.queue.writeBuffer(buffer, 0, faces(1, 0.5).data as Float32Array<ArrayBuffer>);
    const scores = network.outputs.find(({ name }) => name === 'scores')!;
    const reader = gpu.device.createBuffer({
      size: 28,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    for (let round = 0; round < 2; round++) {
      const encoder = gpu.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      network.encode(pass, 1);
      pass.end();
      encoder.copyBufferToBuffer(scores.buffer, 0, reader, 0, 28);
      gpu.device.queue.submit([encoder.finish()]);
    }
    await reader.mapAsync(GPUMapMode.READ);
    expect(Array.from(new Float32Array(reader.getMappedRange()))).toEqual(expected);
    reader.destroy();
  });
});

describe('compile', () => {
  test.each([0, -1, 1.5, Number.NaN])('a batch of %s is refused', async (batch) => {
    await expect(compile(graph, gpu, { batch })).rejects.toThrow(/it must be a whole number of at least 1/);
  });

  test('layouts of what is no input are refused', async () => {
    await expect(compile(graph, gpu, { layouts: { y: 'nhwc4' } })).rejects.toThrow(/layouts names "y"/);
  });

  test('what a device can not bind is refused with both numbers', async () => {
    const limits = { ...gpu.limits, maxBufferSize: 1e9, maxStorageBufferBindingSize: 1000 };
    await expect(compile(graph, { ...gpu, limits } as Gpu)).rejects.toThrow(
      /needs \d+ bytes, but the GPU can bind at most 1000/,
    );
  });

  test('a network that is destroyed says so', async () => {
    const own = await compile(graph, gpu);
    own.destroy();
    await expect(own.run({ x: faces(1) })).rejects.toThrow('the network is destroyed');
  });

  test('one that is destroyed while it runs, too', async () => {
    const own = await compile(graph, gpu);
    const running = own.run({ x: faces(1) });
    own.destroy();
    await expect(running).rejects.toThrow(/was destroyed while it ran/);
  });
});

test('a recognizer wants an open batch, or its own', async () => {
  const input = { ...graph.inputs[0], shape: [1, 1, 48, 48] };
  await expect(
    createFramePath(
      gpu,
      {
        detector: await loadOnnx(await readFile(`${root}/weights/face/blazeface-128.onnx`)),
        expression: { ...graph, inputs: [input] },
      },
      { maxFaces: 4, minScore: 0.5, scores: 'scores' },
    ),
  ).rejects.toThrow(/expression: the model's batch is fixed at 1; it must be open or 4/);
});

test('a size is made once, and freed with what wraps a device that was handed in', async () => {
  const wrapped = await createGpu({ device: gpu.device, gpu: gpu.instance });
  const five = wrapped.size(5);
  expect(wrapped.size(5)).toBe(five);
  expect(wrapped.size(6)).not.toBe(five);
  const freed = vi.spyOn(five, 'destroy');
  wrapped.destroy();
  expect(freed).toHaveBeenCalledOnce();
  expect((await scoresOf(faces(1))).length).toBe(7);
});
