import { type Candidates, type Kernel, line, type Plan } from '../plan/plan';
import { KERNELS, type KernelMatrixOptions, pairsOf } from './svm';
import decisionsCode from './svm-decisions-precise.wgsl?raw';
import kernelMatrixCode from './svm-kernel-matrix-precise.wgsl?raw';
import kernelCode from './svm-kernel-precise.wgsl?raw';
import twoFloatCode from './two-float.wgsl?raw';

const twoFloat = { name: 'two-float.wgsl', code: twoFloatCode };
const kernelMatrix: Kernel = {
  name: 'svm-kernel-matrix-precise',
  files: [
    twoFloat,
    { name: 'svm-kernel-precise.wgsl', code: kernelCode },
    { name: 'svm-kernel-matrix-precise.wgsl', code: kernelMatrixCode },
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

/** Maximum error of a decision value, as estimated by `needsPrecision`, for which f32 numbers suffice. */
const MOST_ERROR = 5e-5;

/**
 * Whether the terms of a machine's decision values are so large that f32 sums would be inaccurate. Each term has a
 * relative error of some 8 roundings, and the errors of the terms are independent. For rows as long as the longest
 * support vector, a product is at most |x| |v|.
 * @param o the machine; always true for a linear kernel
 * @param v (S,K)
 * @param coefficients (rows,S)
 */
export function needsPrecision(
  { K, S, kernel, gamma, coef0, degree }: KernelMatrixOptions,
  v: ArrayLike<number>,
  coefficients: ArrayLike<number>,
): boolean {
  if (kernel === 'linear') return true;
  const norms = Array.from({ length: S }, (_, s) => {
    let sum = 0;
    for (let k = s * K; k < (s + 1) * K; k++) sum += v[k] * v[k];
    return Math.sqrt(sum);
  });
  const longest = norms.reduce((a, b) => Math.max(a, b), 0);
  const largest = norms.map((norm) => (gamma * longest * norm + Math.abs(coef0)) ** degree);
  let squares = 0;
  for (let at = 0; at < coefficients.length; at++)
    squares += (coefficients[at] * (kernel === 'polynomial' ? largest[at % S] : 1)) ** 2;
  const rows = Math.max(1, coefficients.length / Math.max(S, 1));
  return Math.sqrt(squares / rows) * 8 * 2 ** -24 > MOST_ERROR;
}

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
        kernel: kernelMatrix,
        constants: {
          ...{ K: o.K, S: o.S, KERNEL: KERNELS.indexOf(o.kernel), DEGREE: o.degree },
          ...{ GAMMA: gamma, GAMMA_REST: o.gamma - gamma, COEF0: coef0, COEF0_REST: o.coef0 - coef0 },
        },
        bindings: ['x', 'v', 'k'],
        workgroups: [...line(o.S, 1), 1],
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
