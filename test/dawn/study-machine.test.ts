import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gpu } from '../../src/gpu/gpu';
import { GRID, LANES, PICTURE, runDispatch, runSubgroups, runWorkgroups } from '../../study/machine/grids';
import { kernels } from '../../study/machine/kernels';
import { launch } from '../../study/machine/launch';
import {
  measureDivergence,
  measureStrides,
  measureSums,
  STRIDES,
  scrambled,
} from '../../study/machine/speeds';
import { count, INCREMENTS, REVERSED, reverse, reversedAt } from '../../study/machine/together';
import { faultsOf } from '../wgsl-faults';
import { openGpu } from './gpu';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

test('the kernels are written as all browsers compile them, in short lines', () => {
  for (const kernel of Object.values(kernels)) {
    expect(faultsOf(kernel)).toEqual([]);
    const { name, code } = kernel.files.at(-1)!;
    expect(code.split('\n').filter((line) => line.length > 76)).toEqual([]);
    expect(code.includes(`// ${name.replace('.wgsl', '')}: `)).toBe(true);
  }
});

describe('ids', () => {
  test('each invocation of a dispatch writes its own ids', async () => {
    const cells = await runDispatch(gpu);
    expect(cells.length).toBe(GRID * GRID);
    cells.forEach((cell, number) => {
      const [x, y] = [number % GRID, Math.floor(number / GRID)];
      expect(cell).toEqual({
        number,
        global: [x, y, 0],
        group: [Math.floor(x / 4), Math.floor(y / 4), 0],
        local: [x % 4, y % 4, 0],
        lane: (y % 4) * 4 + (x % 4),
      });
    });
  });

  test.each([
    { groups: [5, 3], size: [4, 4] },
    { groups: [1, 1], size: [3, 5] },
    { groups: [6, 4], size: [8, 8] },
    { groups: [2, 4], size: [8, 2] },
  ] as const)(
    '$groups workgroups of $size paint what they reach of the picture',
    async ({ groups, size }) => {
      const { cells, started, painted } = await runWorkgroups(gpu, { groups, size });
      const expected = Array.from({ length: PICTURE.width * PICTURE.height }, (_, at) => {
        const x = Math.floor((at % PICTURE.width) / size[0]);
        const y = Math.floor(Math.floor(at / PICTURE.width) / size[1]);
        return x < groups[0] && y < groups[1] ? [x, y] : undefined;
      });
      expect(cells).toEqual(expected);
      expect(painted).toBe(expected.filter((cell) => cell).length);
      expect(started).toBe(groups[0] * groups[1] * size[0] * size[1]);
    },
  );

  test('the lanes of a subgroup know each other and add their numbers', async () => {
    const lanes = await runSubgroups(gpu);
    if (!gpu.features.has('subgroups')) return expect(lanes).toBeUndefined();
    expect(lanes!.length).toBe(LANES);
    for (const first of new Set(lanes!.map((lane) => lane.first))) {
      const subgroup = lanes!.flatMap((lane, at) => (lane.first === first ? [at] : []));
      expect(Math.min(...subgroup)).toBe(first);
      const numbers = subgroup.map((lane) => lanes![lane].own);
      expect(new Set(numbers).size).toBe(subgroup.length);
      for (const lane of subgroup) {
        expect(subgroup.length).toBeLessThanOrEqual(lanes![lane].size);
        expect(lanes![lane].sum).toBe(subgroup.reduce((a, b) => a + b));
      }
    }
  });

  test('without the feature, no kernel with subgroups is compiled', async () => {
    expect(await runSubgroups({ ...gpu, features: new Set() })).toBeUndefined();
  });
});

describe('shared memory', () => {
  test('a race loses additions; atomicAdd loses none', async () => {
    const racing = await count(gpu, false);
    expect(racing).toBeGreaterThan(0);
    // WGSL guarantees nothing here. A software adapter, whose lanes run in lockstep, always loses some.
    if (gpu.isSoftware) expect(racing).toBeLessThan(INCREMENTS);
    else expect(racing).toBeLessThanOrEqual(INCREMENTS);
    expect(await count(gpu, true)).toBe(INCREMENTS);
  });

  test('numbers are reversed behind a barrier', async () => {
    const right = Array.from({ length: REVERSED.lanes }, (_, lane) => reversedAt(lane));
    expect(await reverse(gpu, true)).toEqual({ wrong: 0, group: 0, numbers: right });
  });

  test('without the barrier, a wrong number is one that was not written yet', async () => {
    const { wrong, group, numbers } = await reverse(gpu, false);
    const inGroup = numbers.filter((value, lane) => value !== reversedAt(lane));
    expect(wrong).toBeGreaterThanOrEqual(inGroup.length);
    expect(inGroup.every((value) => value === 0)).toBe(true);
    if (wrong) expect(inGroup.length).toBeGreaterThan(0);
    else expect(group).toBe(0);
  });
});

describe('what is timed', () => {
  test('sums are equal, whichever memory they are read from', async () => {
    const { storage, workgroup, reads } = await measureSums(gpu);
    expect([storage.isRight, workgroup.isRight]).toEqual([true, true]);
    expect(storage.ms).toBeGreaterThan(0);
    expect(workgroup.ms).toBeGreaterThan(0);
    expect(reads % 64).toBe(0);
  });

  test('every stride adds the same numbers', async () => {
    const { speeds, numbers } = await measureStrides(gpu);
    expect(speeds.map(({ stride, isRight }) => [stride, isRight])).toEqual(STRIDES.map((s) => [s, true]));
    expect(Math.log2(numbers) % 1).toBe(0);
  });

  test('both orders of the items give the same results', async () => {
    const { mixed, sorted } = await measureDivergence(gpu);
    expect([mixed.isRight, sorted.isRight]).toEqual([true, true]);
  });

  test('the scrambled items are those of the CPU, in any order', async () => {
    const x = Uint32Array.from([7, 0, 1, 1000, ...Array.from({ length: 60 }, (_, at) => 999 - at)]);
    const y = await launch(gpu, {
      kernel: kernels.divergence,
      constants: { ROUNDS: 3 },
      workgroups: [1, 1],
      x,
      length: 64,
    });
    expect([...y]).toEqual([...x].map((item) => scrambled(item, 3)));
    // An even item needs no work. The xorshift of Marsaglia's paper gives 723471715 first, from 2463534242.
    expect(scrambled(0, 3)).toBe(1);
    expect(scrambled(2463534241, 1)).toBe(723471715);
  });
});
