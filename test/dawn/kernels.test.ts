import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allCases } from '../../shaders/cases/all-cases';
import type { Gpu } from '../../src/gpu/gpu';
import { allModules } from '../modules';
import { runCase } from '../run-case';
import { openGpu } from './gpu';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

/** The kernels that the cases offer, by name. */
const offered = new Set<string>();

describe.each(allCases)('$kernel', ({ kernel, cases }) => {
  test.each(cases.filter(({ timed }) => timed !== 'large'))('$name', async (each) => {
    for (const { passes } of await runCase(gpu, kernel, each))
      for (const pass of passes) offered.add(pass.kernel.name);
  });
});

test('every variant that a model can get is in a case', async () => {
  const modules = [...(await allModules()).keys()].filter((name) => !name.includes(', any '));
  expect(modules.filter((name) => !offered.has(name))).toEqual([]);
});
