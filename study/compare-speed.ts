/** Compares the speed of two plans that compute the same. */

import type { Plan } from '../shaders/plan/plan';
import type { Gpu } from '../src/gpu/gpu';
import { createTimer } from '../src/gpu/timer';
import { bindCase } from '../test/run-case';
import { codeOf, type Setting, settingOf } from './check';
import { withCode } from './exercises';
import type { Rung } from './ladder';

/** How often the two plans run in turn. */
const PAIRS = 7;

/** The layer on which a version of a variant is timed: one that the benchmark times, or else a case of the tests. */
export function timedSetting(rung: Rung, variant: string, original: string): Setting | undefined {
  const cases = (rung.variants.get(variant) ?? []).toSorted(
    (a, b) => Number(b.timed === 'phone') - Number(a.timed === 'phone'),
  );
  for (const each of cases) {
    const setting = settingOf(each, variant);
    if (codeOf(setting.plan, rung.file) === original) return setting;
  }
  return undefined;
}

/**
 * Returns how many times as long as the original a version takes: the median of pairs of samples.
 * @param code the text of the file in the version
 * @throws Error if the version can't be compiled for this layer
 */
export async function compareSpeed(
  gpu: Gpu,
  { built, plan, name }: Setting,
  file: string,
  code: string,
): Promise<number> {
  const timer = createTimer(gpu);
  const bind = (each: Plan) => bindCase(gpu, name, each, built.operands, built.expected.length);
  const original = await bind(plan);
  try {
    const changed = await bind(withCode(plan, file, code));
    try {
      return await timer.ratio(
        (pass) => original.record(pass, built.batch),
        (pass) => changed.record(pass, built.batch),
        ...([PAIRS, Infinity] as const),
      );
    } finally {
      changed.destroy();
    }
  } finally {
    original.destroy();
    timer.destroy();
  }
}
