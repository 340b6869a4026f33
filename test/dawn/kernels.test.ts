import { afterAll, beforeAll, describe, test } from 'vitest';
import { kernels } from '../../shaders';
import type { Gpu } from '../../src/gpu/gpu';
import { runCase } from '../run-case';
import { openGpu } from './gpu';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

describe.each(kernels)('$kernel', ({ kernel, cases }) => {
  test.each(cases.filter(({ timed }) => timed !== 'large'))('$name', (each) => runCase(gpu, kernel, each));
});
