import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mien, scratch } from './mien';

const out = scratch();
const model = 'test/fixtures/nets/net-torch-vgg.onnx';

test('every step has its time, its arithmetic and its bytes; the trace has the same', async () => {
  const trace = join(out, 'trace.json');
  const { status, stdout, stderr } = await mien('profile', model, '--batch', '2', '--json', '--trace', trace);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { batch, steps } = JSON.parse(stdout) as {
    batch: number;
    steps: { node: string; op: string; ms: number; flop: number; bytes: number }[];
  };
  expect(batch).toBe(2);
  for (const { ms, flop, bytes } of steps) {
    expect(ms).toBeGreaterThanOrEqual(0); // a step may be shorter than the resolution of the clock
    expect(Math.min(flop, bytes)).toBeGreaterThan(0);
  }
  const { traceEvents } = JSON.parse(readFileSync(trace, 'utf8')) as {
    traceEvents: { name: string; ph: string; ts: number; dur: number }[];
  };
  expect(traceEvents.map(({ name }) => name)).toEqual(steps.map(({ op, node }) => `${op} ${node}`));
  for (const [i, { ph, ts }] of traceEvents.entries()) {
    expect(ph).toBe('X');
    expect(ts).toBe(i ? traceEvents[i - 1].ts + traceEvents[i - 1].dur : 0);
  }
});

test('as text: a table by step and one by operator', async () => {
  const { status, stdout } = await mien('profile', 'test/fixtures/nets/conv-3x3-pad.onnx');
  expect(status).toBe(0);
  // The model is a 3 x 3 convolution of 9 x 7 pixels, from 5 to 7 channels, with the fixed batch 1.
  expect(stdout).toMatch(/batch 1: \d+\.\d{3} ms, each step timed by itself/);
  expect(stdout).toMatch(/^Conv conv\S* +\d+\.\d{3} +\d+\.\d % +\d+\.\d\d +\d+\.\d\d +\S/m);
  expect(stdout).toMatch(/^Conv +.* 1 step$/m);
});

test('arithmetic and bytes are those of the definition', async () => {
  const { stdout } = await mien('profile', 'test/fixtures/nets/conv-3x3-pad.onnx', '--json');
  const { steps } = JSON.parse(stdout) as { steps: { op: string; flop: number; bytes: number }[] };
  // x (1,5,9,7) -> y (1,7,9,7), weight (7,5,3,3); in nhwc4 x and y have 8 channels.
  const conv = steps.find(({ op }) => op === 'Conv');
  expect(conv?.flop).toBe(2 * 7 * 9 * 7 * 5 * 3 * 3);
  expect(conv?.bytes).toBe(4 * (9 * 7 * 8 + 7 * 5 * 3 * 3 + 7 + 9 * 7 * 8));
});

describe('what is wrong is said in one line', () => {
  test.each<[string, number, string[], RegExp]>([
    ['no model', 2, [], /^mien: one model is needed, 0 are named; usage: mien profile/],
    ['a batch of none', 2, [model, '--batch', '0'], /--batch is 0; it must be a whole number of at least 1/],
    ['no such file', 1, ['nowhere.onnx'], /nowhere\.onnx: the file does not exist/],
    ['the model as its own trace', 1, [model, '--trace', model], /net-torch-vgg\.onnx/],
  ])('%s, exit %i', async (_, code, args, message) => {
    const { status, stdout, stderr } = await mien('profile', ...args);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
