import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Conv2dOptions } from '../../shaders/conv2d/conv2d';
import type { Candidates, Plan } from '../../shaders/plan/plan';
import { planSvm } from '../../shaders/svm/svm';
import { winogradSaves } from '../../shaders/winograd/winograd';
import { loadOnnx } from '../../src/formats/load';
import type { Gpu } from '../../src/gpu/gpu';
import { lower } from '../../src/network/lower';
import {
  answerOf,
  candidatesFor,
  choose,
  onlyTimings,
  signatureOf,
  wholeTiles,
} from '../../src/network/tuning';
import { root } from '../fixtures';

const plan = (variant: string, code = '', x = 1): Plan => ({
  variant,
  passes: [
    {
      kernel: { name: variant, files: [{ name: `${variant}.wgsl`, code }] },
      constants: {},
      bindings: ['x', 'y'],
      workgroups: [x, 1, 1],
      batchAxis: 2,
    },
  ],
});
const candidates = (...ranked: Plan[]): Candidates => ({ start: ranked[ranked.length - 1], ranked });
const three = candidates(plan('safe'), plan('bold'), plan('plain'));

describe('choose', () => {
  test.each<[string, Record<string, number>, string]>([
    ['nothing is known', {}, 'safe'],
    ['the safe one alone is known', { safe: 2 }, 'safe'],
    ['another alone is known', { bold: 1 }, 'safe'],
    ['another is faster', { safe: 2, bold: 1 }, 'bold'],
    ['the plainest is fastest', { safe: 2, bold: 1, plain: 0.5 }, 'plain'],
    ['another gains too little to tell', { safe: 2, bold: 1.95 }, 'safe'],
    ['what is known is of another plan', { safe: 2, gone: 0.1 }, 'safe'],
  ])('%s', (_, times, variant) => {
    expect(choose(three, times).variant).toBe(variant);
  });
});

test.each([
  undefined,
  null,
  'spoilt',
  7,
  { Conv: null },
  { Conv: { safe: 'soon', bold: 0 } },
  { Conv: [NaN, -1, Infinity] },
  { Conv: { safe: 1e-9, bold: 1e30, plain: '2' } },
])('a store that gives %j gives no times', (found) => {
  expect(onlyTimings(found)).toEqual({});
  expect(choose(three, onlyTimings(found).Conv).variant).toBe('safe');
});

describe('a store', () => {
  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['never answers', () => new Promise(() => undefined)],
  ])('that %s gives nothing', async (_, ask) => {
    expect(await answerOf(ask)).toBeUndefined();
  });
  test('that returns no promise is used', async () => {
    expect(await answerOf(() => 7)).toBe(7);
  });
});

test('times are kept', () => {
  expect(onlyTimings({ Conv: { safe: 2, bold: 1 } })).toEqual({ Conv: { safe: 2, bold: 1 } });
});

describe('signatureOf', () => {
  const one = signatureOf('Conv', three, 1);
  test.each<[string, string]>([
    ['operator', signatureOf('Gemm', three, 1)],
    ['batch', signatureOf('Conv', three, 2)],
    ['kernel', signatureOf('Conv', candidates(plan('safe', 'faster'), ...three.ranked.slice(1)), 1)],
    ['size', signatureOf('Conv', candidates(plan('safe', '', 2), ...three.ranked.slice(1)), 1)],
    ['choice', signatureOf('Conv', candidates(...three.ranked.slice(0, 2)), 1)],
  ])('another %s is another step', (_, other) => {
    expect(other).not.toBe(one);
  });

  test('the steps of a model are told apart, but for equal ones', async () => {
    const graph = await loadOnnx(await readFile(`${root}/weights/expression.onnx`));
    const { steps } = await lower(graph, { batch: 1 });
    const convolutions = steps.filter(({ op }) => op === 'Conv');
    const signatures = new Set(convolutions.map((step) => signatureOf(step.op, step.candidates, 1)));
    // conv4.2 and conv4.3 have the same shape.
    expect(signatures.size).toBe(convolutions.length - 1);
  });
});

describe('before anything is measured', () => {
  const sizes = (I: number, O: number, B: number) => ({
    ...{ B, I, O, H: 24, W: 24, HO: 24, WO: 24, KH: 3, KW: 3, groups: 1 },
    ...{ strides: [1, 1], dilations: [1, 1], pads: [1, 1] },
  });
  test.each<[string, number, number, number, boolean]>([
    ['wide layers at a large batch', 64, 64, 64, true],
    ['narrow layers', 64, 16, 64, false],
    ['the first layer', 1, 32, 64, false],
    ['a small batch', 64, 64, 16, false],
  ])('Winograd for %s: %d to %d channels, batch %d: %s', (_, I, O, B, expected) => {
    expect(winogradSaves(sizes(I, O, B) as unknown as Conv2dOptions)).toBe(expected);
  });

  test.each([
    [1, 'tiled 1x8'],
    [8, 'tiled 6x8'],
    [64, 'winograd 6x8'],
  ])('at batch %d a network starts with %s in its wide layers', async (batch, variant) => {
    const graph = await loadOnnx(await readFile(`${root}/weights/expression.onnx`));
    const { steps } = await lower(graph, { batch });
    const [, , wide] = steps.filter(({ op }) => op === 'Conv');
    expect(wide.candidates.start.variant).toBe(variant);
  });

  test('a wide network begins with it', async () => {
    const graph = await loadOnnx(await readFile(`${root}/weights/expression.onnx`));
    const first = async (batch: number) =>
      (await lower(graph, { batch })).steps.flatMap(({ op, candidates: { ranked } }) =>
        op === 'Conv' ? [ranked[0].variant] : [],
      );
    expect((await first(64)).filter((variant) => variant.startsWith('winograd')).length).toBeGreaterThan(4);
    expect((await first(16)).filter((variant) => variant.startsWith('winograd'))).toEqual([]);
  });
});

describe('candidatesFor', () => {
  const limits = { maxStorageBufferBindingSize: 1 << 20, maxBufferSize: 1 << 20 };
  const gpu = { limits, features: new Set(['subgroups']) } as unknown as Gpu;
  const step = { node: 'a', op: 'Conv', operands: {}, output: 0, items: 1, batched: true, flop: 1 };
  const kept = (...plans: Plan[]) =>
    candidatesFor(gpu, { ...step, candidates: candidates(...plans) }, 8).ranked.map(({ variant }) => variant);
  test('a plan for what the device lacks is left out', () => {
    expect(
      kept({ ...plan('half'), features: ['shader-f16'] }, { ...plan('group'), features: ['subgroups'] }),
    ).toEqual(['group']);
  });
  test('so is one that needs more memory between its passes than can be bound', () => {
    expect(kept({ ...plan('wide'), scratch: { v: 1 << 20 } }, plan('safe'))).toEqual(['safe']);
  });
  test('so is one of too many workgroups; if none is left, that is told', () => {
    expect(kept(plan('wide', '', 65536), plan('safe'))).toEqual(['safe']);
    expect(() => kept(plan('wide', '', 65536))).toThrow(
      '"a": needs 65536 x 1 x 8 workgroups; at most 65535 per axis are supported',
    );
  });
});

describe('wholeTiles', () => {
  const svm = { B: 256, K: 128, S: 4000, gamma: 0.05, coef0: 0, degree: 3, longest: 50 };
  const counts = [2000, 2000];
  test('the rows of an SVM that a workgroup computes', () => {
    const { ranked } = planSvm({ ...svm, kernel: 'rbf', counts });
    expect(ranked[0].variant).toBe('sums 8x8');
    expect(wholeTiles(ranked)).toBe(64); // svm-norms; svm-sums has 32
  });
  test('one item, whose pixels alone fill tiles', () => {
    const pass = { ...three.ranked[0].passes[0], workgroups: [36, 1, 1] as const };
    const tiled = { variant: 'tiled', passes: [{ ...pass, batchAxis: 0 as const, itemsPerWorkgroup: 16 }] };
    expect(wholeTiles([tiled])).toBe(1);
  });
});
