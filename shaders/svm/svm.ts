import { ceilDiv, type Kernel, line, type Plan, plain } from '../plan';
import decisionsCode from './svm-decisions.wgsl?raw';
import kernelMatrixCode from './svm-kernel-matrix.wgsl?raw';
import probabilitiesCode from './svm-probabilities.wgsl?raw';
import votesCode from './svm-votes.wgsl?raw';

/** LIBSVM's kernels, in its order; the index is the shader's KERNEL. */
const KERNELS = ['linear', 'polynomial', 'rbf', 'sigmoid'] as const;

/** x (B,K), v (S,K) -> k (B,S). */
export interface KernelMatrixOptions {
  readonly B: number;
  readonly K: number;
  readonly S: number;
  readonly kernel: (typeof KERNELS)[number];
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
}

/** A row has `classes` (classes - 1) / 2 decision values, one for each pair. */
export interface SvmOptions {
  readonly B: number;
  readonly S: number;
  readonly classes: number;
}

/** svm-probabilities keeps two matrices and two rows in workgroup memory; WebGPU guarantees 16 KiB. */
export const MAX_PROBABILITY_CLASSES = 44;

export const pairsOf = (classes: number): number => (classes * (classes - 1)) / 2;

const kernel = (name: string, code: string): Kernel => ({ name, files: [{ name: `${name}.wgsl`, code }] });
const kernelMatrix = kernel('svm-kernel-matrix', kernelMatrixCode);
const decisions = kernel('svm-decisions', decisionsCode);
const votes = kernel('svm-votes', votesCode);
const probabilities = kernel('svm-probabilities', probabilitiesCode);

/** Operands x, v -> k. */
export function planKernelMatrix(o: KernelMatrixOptions): Plan[] {
  return plain({
    kernel: kernelMatrix,
    constants: {
      K: o.K,
      S: o.S,
      KERNEL: KERNELS.indexOf(o.kernel),
      GAMMA: o.gamma,
      COEF0: o.coef0,
      DEGREE: o.degree,
    },
    bindings: ['x', 'v', 'k'],
    workgroups: [...line(o.S, 64), 1],
  });
}

/** Operands k (B,S), coefficient (classes-1,S), first (classes+1) of u32, rho (P) -> d (B,P). */
export function planDecisions(o: SvmOptions): Plan[] {
  const P = pairsOf(o.classes);
  return plain({
    kernel: decisions,
    constants: { CLASSES: o.classes, P, S: o.S },
    bindings: ['k', 'coefficient', 'first', 'rho', 'd'],
    workgroups: [P, 1, 1],
  });
}

/** Operand d (B,P) -> votes (B,classes). */
export function planVotes(o: SvmOptions): Plan[] {
  return plain({
    kernel: votes,
    constants: { CLASSES: o.classes, P: pairsOf(o.classes) },
    bindings: ['d', 'votes'],
    workgroups: [ceilDiv(o.classes, 64), 1, 1],
  });
}

/** Operands d (B,P), a (P), b (P) -> p (B,classes). Without `couple` there must be two classes. */
export function planProbabilities(o: SvmOptions & { readonly couple: boolean }): Plan[] {
  return plain({
    kernel: probabilities,
    constants: { CLASSES: o.classes, P: pairsOf(o.classes), COUPLE: o.couple ? 1 : 0 },
    bindings: ['d', 'a', 'b', 'p'],
    workgroups: [1, 1, 1],
  });
}
