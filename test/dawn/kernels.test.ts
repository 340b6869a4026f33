import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allCases } from '../../shaders/cases/all-cases';
import { isTestable } from '../../shaders/cases/case';
import type { Gpu } from '../../src/gpu/gpu';
import { allModules } from '../modules';
import { runCase } from '../run-case';
import { openGpu } from './gpu';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

/** With MIEN_VARIANT="tiled 4x8", only this variant is run. */
const only = process.env.MIEN_VARIANT;

/** Names of the kernels in the cases. The number of classes is removed from a name. */
const offered = new Set<string>();
const nameOf = (name: string) => name.replace(/, \d+ classes$/, '');

describe.each(allCases)('$kernel', ({ kernel, cases }) => {
  test.for(cases.filter(isTestable))('$name', async (each, { skip }) => {
    const plans = await runCase(gpu, kernel, each, only);
    if (!plans.length) skip(`the case has no variant ${only}`);
    for (const { passes } of plans) for (const pass of passes) offered.add(nameOf(pass.kernel.name));
  });
});

test.skipIf(only)('every variant that a model can get is in a case', async () => {
  const names = [...(await allModules()).keys()].map(nameOf);
  const missing = names.filter((name) => !name.includes(', any ') && !offered.has(name));
  expect(missing).toEqual(['frame of a video']); // only browsers support videos: test/browser/camera.test.ts
});
