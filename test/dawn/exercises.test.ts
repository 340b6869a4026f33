import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gpu } from '../../src/gpu/gpu';
import { answerCode, exercises, gapCode, planOf, withCode } from '../../study/exercises';
import { compare, runPlan } from '../run-case';
import { openGpu } from './gpu';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

describe.each(exercises.map((exercise) => [exercise.id, exercise] as const))('%s', (id, exercise) => {
  const { plan, built } = planOf(exercise);
  const codes = { gap: gapCode(exercise), answer: answerCode(exercise) };

  test.for([
    ['gap', 'wrong'],
    ['answer', 'right'],
  ] as const)('its %s is %s', async ([kind, verdict], { skip }) => {
    const missing = plan.features?.filter((feature) => !gpu.features.has(feature)) ?? [];
    if (missing.length) skip(`the device has no ${missing.join(', ')}`);
    const found = await runPlan(gpu, id, withCode(plan, exercise.file, codes[kind]), built);
    const wrong = compare(found, built.expected, built.tolerance);
    expect(wrong === undefined ? 'right' : 'wrong', wrong).toBe(verdict);
  });
});
