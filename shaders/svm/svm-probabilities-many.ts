import { fix } from '../plan/fix';
import { type Candidates, type Kernel, type Plan, plainPlan } from '../plan/plan';
import { pairsOf, type SvmOptions } from './svm';
import code from './svm-probabilities-many.wgsl?raw';

/** Maximum number of classes with probabilities. The coupling takes time in proportion to their cube, in each row. */
export const MAX_PROBABILITY_CLASSES = 256;

const kernel = (classes: number): Kernel => ({
  name: `svm-probabilities-many, ${classes} classes`,
  files: [{ name: 'svm-probabilities-many.wgsl', code: fix(code, { CLASSES: classes }) }],
});

/** As planProbabilities, for any number of classes of at least three. Operands d (B,P), a (P), b (P) -> p (B,classes). */
export function planProbabilitiesMany({ B, classes }: SvmOptions): Candidates {
  const plan: Plan = {
    ...plainPlan({
      kernel: kernel(classes),
      constants: { P: pairsOf(classes) },
      bindings: ['d', 'a', 'b', 'r', 'p'],
      workgroups: [1, 1, 1],
    }),
    scratch: { r: B * classes ** 2 },
  };
  return { start: plan, ranked: [plan] };
}
