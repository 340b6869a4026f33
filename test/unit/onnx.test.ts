import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadOnnx } from '../../src/formats/load';
import { parseOnnx } from '../../src/formats/onnx';
import { beforeLowering } from '../../src/graph/passes/passes';
import { checkOperators } from '../../src/graph/passes/resolve';
import { lower } from '../../src/network/lower';
import { root } from '../fixtures';

const bytesOf = (path: string): Uint8Array => readFileSync(`${root}/test/fixtures/${path}`);
const load = (path: string) => loadOnnx(bytesOf(path), path);

/** The message with which each unsuitable file must be rejected. */
const REFUSALS: Readonly<Record<string, RegExp>> = {
  'conv-3d': /Conv "volume": needs pictures of one or two axes, but kernel_shape has 3/,
  cycle: /cycle through Add "first"/,
  'dynamic-reshape': /Reshape "\w+": its shape must be constant/,
  'empty-graph': /contains no nodes/,
  empty: /not an ONNX file/,
  'external-data': /its weights are in "[^"]+"; pass a function that returns this file/,
  'made-twice': /"y" is also the output of another node/,
  'missing-input': /Add "sum": its input "nowhere" is not in the graph/,
  'missing-output': /no node computes the output "z"/,
  'no-graph': /contains no model/,
  'opset-too-old': /opset 5 is not supported, 7 and later are/,
  'pad-mode': /Pad "pad": mode mirror is not supported/,
  'short-raw-data': /tensor "w" of \(5,3,3,3\) needs 135 numbers, but contains 125/,
  text: /not an ONNX file/,
  truncated: /cut off/,
  'unknown-operator': /NonZero "memory", com\.example\.Swirl "swirl"/,
  'wrong-weight-shape-conv': /Conv "stem": weight is \(5,4,3,3\).* x has 3/,
  'wrong-weight-shape': /Gemm "head": weight is \(5,6\).* for 6 numbers; the graph gives 7/,
};

describe('bad files', () => {
  test('every one is listed here', () => {
    const files = readdirSync(`${root}/test/fixtures/bad`).filter((file) => file.endsWith('.onnx'));
    expect(files.map((file) => file.replace('.onnx', '')).sort()).toEqual(Object.keys(REFUSALS).sort());
  });

  test.each(Object.entries(REFUSALS))('%s', async (name, message) => {
    const attempt = (async () => lower(await load(`bad/${name}.onnx`), { batch: 2 }))();
    await expect(attempt).rejects.toThrow(message);
    await attempt.catch((error: Error) => expect(error.message).not.toContain('\n'));
  });

  test('a damaged file is read or refused, but nothing hangs', async () => {
    const whole = bytesOf('nets/net-torch-mobile.onnx');
    for (let at = 0; at < whole.length; at += 37) {
      const damaged = Uint8Array.from(whole);
      damaged[at] ^= 0x55;
      try {
        await lower(parseOnnx(damaged).graph, { batch: 1 });
      } catch (error) {
        expect((error as Error).message).not.toBe('');
      }
    }
  });

  test('a file cut anywhere is refused', async () => {
    const whole = bytesOf('nets/net-torch-mobile.onnx');
    for (let length = 0; length < whole.length - 1; length += 61)
      await expect(
        (async () => lower(parseOnnx(whole.subarray(0, length)).graph, { batch: 1 }))(),
      ).rejects.toThrow();
  });
});

/** A file of a fixture with another opset: the field opset_import is its domain (empty) and its version. */
function withOpset(path: string, from: number, to: number): Uint8Array {
  const bytes = Uint8Array.from(bytesOf(path));
  const at = Buffer.from(bytes).indexOf(Buffer.from([0x0a, 0x00, 0x10, from]));
  bytes[at + 3] = to;
  return bytes;
}

describe('external data', () => {
  const model = bytesOf('bad/external-data.onnx');

  test('is read from the file that the model names', async () => {
    const asked: string[] = [];
    const weights = Float32Array.from({ length: 135 }, (_, i) => i);
    const graph = await loadOnnx(model, 'm.onnx', (location) => {
      asked.push(location);
      return new Uint8Array(weights.buffer);
    });
    expect(asked).toEqual(['weights.bin']);
    expect(graph.constants.get('w')).toEqual({ type: 'float32', shape: [5, 3, 3, 3], data: weights });
  });

  test('that is too short is refused', async () => {
    await expect(loadOnnx(model, 'm.onnx', () => new Uint8Array(100))).rejects.toThrow(
      /^m\.onnx: tensor "w" .* "weights\.bin"/,
    );
  });

  test('is refused where the model has no address', async () => {
    await expect(loadOnnx(model)).rejects.toThrow(/its weights are in "weights\.bin"; pass a function/);
    await expect(loadOnnx('blob:null/1')).rejects.toThrow();
  });
});

describe('opsets', () => {
  test('a later one than is known is tried, with a warning', async () => {
    const graph = await loadOnnx(withOpset('nets/conv-3x3-pad.onnx', 12, 99));
    expect(graph.warnings).toEqual(['the model uses opset 99; Mien knows opsets up to 28']);
    expect((await lower(graph, { batch: 1 })).steps.map(({ op }) => op)).toContain('Conv');
    expect((await load('nets/conv-3x3-pad.onnx')).warnings).toEqual([]);
  });
});

describe('graph', () => {
  test('constants, batch norms, dropouts and activations leave convolutions alone', async () => {
    const graph = await load('nets/net-torch-mobile-unfused.onnx');
    checkOperators(graph);
    const ops = (await beforeLowering(graph, 1)).nodes.map(({ op }) => op);
    for (const gone of ['BatchNormalization', 'Dropout', 'Constant', 'Identity', 'Relu', 'Clip'])
      expect(ops).not.toContain(gone);
  });

  test('a mean over a window times its size is one sum pool', async () => {
    const { readdirSync: list } = await import('node:fs');
    const names = list(`${root}/test/fixtures/nets`).filter((file) => /^sumpool.*\.onnx$/.test(file));
    expect(names.length).toBeGreaterThan(0);
    const pools = await Promise.all(
      names.map(async (name) => (await beforeLowering(await load(`nets/${name}`), 1)).nodes),
    );
    expect(pools.some((nodes) => nodes.length === 1 && nodes[0].attributes.sum === 1)).toBe(true);
  });

  test('all errors of a graph are told at once', async () => {
    const graph = await load('nets/net-torch-vgg.onnx');
    const input = { ...graph.inputs[0], shape: ['N', 5, 8, 8] };
    await expect(lower({ ...graph, inputs: [input] }, { batch: 1 })).rejects.toThrow(/Conv .* x has 5/);
  });

  test('an open dimension behind the batch is refused', async () => {
    const graph = await load('nets/net-torch-vgg.onnx');
    const input = { ...graph.inputs[0], shape: ['N', 3, 'height', 'width'] };
    const model = { ...graph, inputs: [input] };
    await expect(lower(model, { batch: 1 })).rejects.toThrow(/\(N,3,height,width\): height needs a size/);
    const [, , height, width] = graph.inputs[0].shape as number[];
    const dims = { height, width };
    expect((await lower(model, { batch: 2, dims })).inputs[0].shape).toEqual([2, 3, height, width]);
    await expect(lower(model, { batch: 1, dims: { high: 8 } })).rejects.toThrow(
      /dims has "high", but the model's open dimensions are N, height, width/,
    );
    await expect(lower(model, { batch: 1, dims: { height: 0.5 } })).rejects.toThrow(/dims\.height is 0\.5/);
  });
});
