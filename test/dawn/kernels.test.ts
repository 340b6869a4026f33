import { afterAll, beforeAll, describe, test } from 'vitest';
import { allCases } from '../../shaders/cases/all-cases';
import type { Gpu } from '../../src/gpu/gpu';
import { runCase } from '../run-case';
import { openGpu } from './gpu';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

describe.each(allCases)('$kernel', ({ kernel, cases }) => {
  test.each(cases.filter(({ timed }) => timed !== 'large'))('$name', (each) => runCase(gpu, kernel, each));
});
