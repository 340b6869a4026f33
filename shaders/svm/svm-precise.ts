import { type Candidates, type Kernel, line, type Plan } from '../plan/plan';
import { KERNELS, type KernelMatrixOptions, pairsOf } from './svm';
import decisionsCode from './svm-decisions-precise.wgsl?raw';
import kernelMatrixCode from './svm-kernel-matrix-precise.wgsl?raw';
import kernelMatrixLanesCode from './svm-kernel-matrix-precise-lanes.wgsl?raw';
import kernelCode from './svm-kernel-precise.wgsl?raw';
import twoFloatCode from './two-float.wgsl?raw';

const twoFloat = { name: 'two-float.wgsl', code: twoFloatCode };
const kernelFile = { name: 'svm-kernel-precise.wgsl', code: kernelCode };
const kernelMatrix: Kernel = {
  name: 'svm-kernel-matrix-precise',
  files: [twoFloat, kernelFile, { name: 'svm-kernel-matrix-precise.wgsl', code: kernelMatrixCode }],
};
const kernelMatrixLanes: Kernel = {
  name: 'svm-kernel-matrix-precise-lanes',
  files: [
    twoFloat,
    kernelFile,
    { name: 'svm-kernel-matrix-precise-lanes.wgsl', code: kernelMatrixLanesCode },
  ],
};
const decisions: Kernel = {
  name: 'svm-decisions-precise',
  files: [twoFloat, { name: 'svm-decisions-precise.wgsl', code: decisionsCode }],
};

/** Float64 numbers as two-float numbers: each as an f32 and the remainder. Ends with `zeros` zeros. */
export function twoFloats(values: ArrayLike<number>, zeros = 0): Float32Array {
  const pairs = new Float32Array(2 * (values.length + zeros));
  for (let i = 0; i < values.length; i++) {
    pairs[2 * i] = values[i];
    pairs[2 * i + 1] = values[i] - pairs[2 * i];
  }
  return pairs;
}

/** A kernel value of fewer support vectors than these is shared among the lanes of a workgroup. */
const FEW = 64;

/**
 * The plan that computes decision values from rows in two-float numbers. Operands x (B,K) of f32 and, as two-float
 * numbers, v (S,K) with a zero after it, coefficient (classes-1,S), rho (P); first (classes+1) of u32 -> d (B,P).
 */
export function planPrecise(o: KernelMatrixOptions & { readonly classes: number }): Candidates {
  const P = pairsOf(o.classes);
  const gamma = Math.fround(o.gamma);
  const coef0 = Math.fround(o.coef0);
  const plan: Plan = {
    variant: 'precise',
    passes: [
      {
        kernel: o.S < FEW ? kernelMatrixLanes : kernelMatrix,
        constants: {
          ...{ K: o.K, S: o.S, KERNEL: KERNELS.indexOf(o.kernel), DEGREE: o.degree },
          ...{ GAMMA: gamma, GAMMA_REST: o.gamma - gamma, COEF0: coef0, COEF0_REST: o.coef0 - coef0 },
        },
        bindings: ['x', 'v', 'k'],
        workgroups: [...line(o.S, o.S < FEW ? 1 : 64), 1],
        batchAxis: 2,
      },
      {
        kernel: decisions,
        constants: { CLASSES: o.classes, P, S: o.S },
        bindings: ['k', 'coefficient', 'first', 'rho', 'd'],
        workgroups: [P, 1, 1],
        batchAxis: 2,
      },
    ],
    scratch: { k: 2 * o.B * o.S },
  };
  return { start: plan, ranked: [plan] };
}
