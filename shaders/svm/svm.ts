import { ceilDiv, type Kernel, line, type Plan, plain } from '../plan';
import { repeat } from '../repeat';
import decisionsCode from './svm-decisions.wgsl?raw';
import kernelCode from './svm-kernel.wgsl?raw';
import kernelMatrixCode from './svm-kernel-matrix.wgsl?raw';
import kernelMatrixTiledCode from './svm-kernel-matrix-tiled.wgsl?raw';
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

/** Rows that a thread of the tiled kernel makes. */
const ROWS = 8;

const kernel = (name: string, code: string, ...more: Kernel['files']): Kernel => ({
  name,
  files: [{ name: `${name}.wgsl`, code }, ...more],
});
const kernelFile = { name: 'svm-kernel.wgsl', code: kernelCode };
const kernelMatrix = kernel('svm-kernel-matrix', kernelMatrixCode, kernelFile);
const kernelMatrixTiled = kernel('svm-kernel-matrix-tiled', repeat(kernelMatrixTiledCode, ROWS), kernelFile);
const decisions = kernel('svm-decisions', decisionsCode);
const votes = kernel('svm-votes', votesCode);
const probabilities = kernel('svm-probabilities', probabilitiesCode);

/** Operands x, v -> k. */
export function planKernelMatrix(o: KernelMatrixOptions): Plan[] {
  const constants = {
    K: o.K,
    S: o.S,
    KERNEL: KERNELS.indexOf(o.kernel),
    GAMMA: o.gamma,
    COEF0: o.coef0,
    DEGREE: o.degree,
  };
  const bindings = ['x', 'v', 'k'];
  const plans = plain({ kernel: kernelMatrix, constants, bindings, workgroups: [...line(o.S, 64), 1] });
  // For fewer rows most of a tile would be made for nothing.
  if (o.B >= ROWS / 2)
    plans.push({
      variant: 'tiled',
      passes: [
        {
          kernel: kernelMatrixTiled,
          constants: { ...constants, B: o.B },
          bindings,
          workgroups: [...line(ceilDiv(o.S, 4), 64), 1],
          ...{ batchAxis: 2, itemsPerWorkgroup: ROWS },
        },
      ],
      pack: { v: (v) => sideBySide(v, o) },
    });
  return plans;
}

/** (S,K) -> (S4/4,K,4): of four vectors the first numbers, then the second ones .., zeros where there is no vector. */
function sideBySide(v: Float32Array, { S, K }: KernelMatrixOptions): Float32Array {
  const packed = new Float32Array(ceilDiv(S, 4) * 4 * K);
  for (let s = 0; s < S; s++)
    for (let k = 0; k < K; k++) packed[((s >> 2) * K + k) * 4 + (s & 3)] = v[s * K + k];
  return packed;
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
