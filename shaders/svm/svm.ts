import { fix } from '../plan/fix';
import {
  type Candidates,
  ceilDiv,
  isMuchWork,
  type Kernel,
  line,
  onlyPlain,
  type Pass,
  type Plan,
  plainPlan,
} from '../plan/plan';
import { repeat } from '../plan/repeat';
import { placeInBlocks } from '../snippets/blocks';
import { withSubgroups } from '../snippets/subgroups';
import decisionsCode from './svm-decisions.wgsl?raw';
import decisionsOfSumsCode from './svm-decisions-of-sums.wgsl?raw';
import kernelCode from './svm-kernel.wgsl?raw';
import kernelMatrixCode from './svm-kernel-matrix.wgsl?raw';
import kernelMatrixTiledCode from './svm-kernel-matrix-tiled.wgsl?raw';
import normsCode from './svm-norms.wgsl?raw';
import probabilitiesCode from './svm-probabilities.wgsl?raw';
import sumsCode from './svm-sums.wgsl?raw';
import sumsQuadsCode from './svm-sums-quads.wgsl?raw';
import votesCode from './svm-votes.wgsl?raw';

/** LIBSVM's kernels, in its order. The index is the override KERNEL. */
export const KERNELS = ['linear', 'polynomial', 'rbf', 'sigmoid'] as const;

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

/**
 * Maximum number of classes for svm-probabilities. It keeps two matrices and two rows in workgroup memory, of which
 * WebGPU guarantees 16 KiB. For more classes there is svm-probabilities-many.
 */
export const MAX_IN_WORKGROUP = 44;

export const pairsOf = (classes: number): number => (classes * (classes - 1)) / 2;

/** Rows that a thread of the kernels with tiles computes. */
const ROWS = 8;

const kernel = (name: string, code: string, ...more: Kernel['files']): Kernel => ({
  name,
  files: [...more, { name: `${name}.wgsl`, code }],
});
const kernelFile = { name: 'svm-kernel.wgsl', code: kernelCode };
const kernelMatrix = kernel('svm-kernel-matrix', kernelMatrixCode, kernelFile);
const kernelMatrixTiled = kernel('svm-kernel-matrix-tiled', repeat(kernelMatrixTiledCode, ROWS), kernelFile);
const decisions = kernel('svm-decisions', decisionsCode);
const norms = kernel('svm-norms', normsCode);
/** svm-sums, by the rows that a thread computes. For few rows it is one: most of a larger tile would be unused. */
const sums = new Map(
  [1, ROWS].map((rows): [number, Kernel] => [
    rows,
    {
      ...kernel('svm-sums', fix(repeat(sumsCode, rows), { ROWS: rows }), kernelFile),
      name: `svm-sums ${rows}x8`,
    },
  ]),
);
const sumsQuads = withSubgroups(kernel('svm-sums-quads', repeat(sumsQuadsCode, 4), kernelFile));
const decisionsOfSums = kernel('svm-decisions-of-sums', decisionsOfSumsCode);
const votes = kernel('svm-votes', votesCode);
/** The kernel for a number of classes: the text contains the size of its arrays in workgroup memory. */
const probabilities = (classes: number): Kernel => ({
  ...kernel('svm-probabilities', fix(probabilitiesCode, { CLASSES: classes })),
  name: `svm-probabilities, ${classes} classes`,
});

/** The plans of the kernel matrix. Operands x (B,K), v (S,K) -> k (B,S). */
export function planKernelMatrix(o: KernelMatrixOptions): Candidates {
  const constants = {
    K: o.K,
    S: o.S,
    KERNEL: KERNELS.indexOf(o.kernel),
    GAMMA: o.gamma,
    COEF0: o.coef0,
    DEGREE: o.degree,
  };
  const bindings = ['x', 'v', 'k'];
  const start = plainPlan({ kernel: kernelMatrix, constants, bindings, workgroups: [...line(o.S, 64), 1] });
  // For fewer rows most of a tile would be unused.
  if (o.B < ROWS / 2) return { start, ranked: [start] };
  const tiled: Plan = {
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
  };
  return { start, ranked: [tiled, start] };
}

/** (S,K) -> (S4/4,K,4): the first numbers of four vectors, then their second numbers, .. The padding is zeros. */
function sideBySide(v: Float32Array, { S, K }: KernelMatrixOptions): Float32Array {
  const packed = new Float32Array(ceilDiv(S, 4) * 4 * K);
  for (let s = 0; s < S; s++)
    for (let k = 0; k < K; k++) packed[((s >> 2) * K + k) * 4 + (s & 3)] = v[s * K + k];
  return packed;
}

/** Operands k (B,S), coefficient (classes-1,S), first (classes+1) of u32, rho (P) -> d (B,P). */
export function planDecisions(o: SvmOptions): Candidates {
  const P = pairsOf(o.classes);
  return onlyPlain({
    kernel: decisions,
    constants: { CLASSES: o.classes, P, S: o.S },
    bindings: ['k', 'coefficient', 'first', 'rho', 'd'],
    workgroups: [P, 1, 1],
  });
}

/** x (B,K), v (S,K) -> d (B,P), for `counts` (classes) support vectors of each class. */
export interface SvmDecisionOptions extends KernelMatrixOptions {
  readonly counts: readonly number[];
  /** The largest |v|². */
  readonly longest: number;
}

/**
 * The plans that compute decision values from rows, through the kernel matrix or through svm-sums. Operands x, v, vv
 * (the same numbers as v), coefficient (classes-1,S), first (classes+1) of u32, rho (P) -> d (B,P).
 */
export function planSvm(o: SvmDecisionOptions): Candidates {
  const deciding = planDecisions({ ...o, classes: o.counts.length }).start;
  const thenDecide = (matrix: Plan): Plan => ({
    ...matrix,
    passes: [...matrix.passes, ...deciding.passes],
    scratch: { k: o.B * o.S },
  });
  const { start, ranked } = planKernelMatrix(o);
  const summing = planSums(o);
  const isSummed = summing.length && isMuchWork(o.B * o.S * o.K);
  return {
    start: isSummed ? summing[0] : thenDecide(start),
    ranked: [...summing, ...ranked.map(thenDecide)],
  };
}

/** Maximum error of a value of the kernel function, as a share of it, for which svm-sums is used. */
const MOST_ERROR = 1e-5;

/**
 * Whether svm-sums is exact enough for RBF. It computes a distance as |x|² + |v|² - 2 x·v, and an error of t becomes the
 * same relative error of exp(-t). The three sums are at most 4 |v|² together if x is as long as v. A sum of K/4 steps has
 * roundings of 2^-24 that are independent: sqrt(K/4) of them is three times their standard deviation, since the partial
 * sums grow evenly and a rounding is evenly distributed. Two more are those of the last sum and of the four lanes.
 */
const isExactInSums = ({ K, gamma, longest }: SvmDecisionOptions): boolean =>
  gamma * 4 * longest * (Math.sqrt(K / 4) + 2) * 2 ** -24 <= MOST_ERROR;

function planSums(o: SvmDecisionOptions): Plan[] {
  const classes = o.counts.length;
  const isRbf = o.kernel === 'rbf';
  if (classes < 2 || o.K % 4 || (isRbf && !isExactInSums(o))) return [];
  const rows = o.B < ROWS / 2 ? 1 : ROWS;
  const P = pairsOf(classes);
  const filled = fillClasses(o.counts);
  const BLOCKS = filled.length / 8;
  const kernelConstants = {
    ...{ KERNEL: KERNELS.indexOf(o.kernel), GAMMA: o.gamma, COEF0: o.coef0, DEGREE: o.degree },
  };
  const lengths: Pass = {
    kernel: norms,
    constants: { B: o.B, K: o.K },
    bindings: ['x', 'xx'],
    workgroups: [1, 1, 1],
    ...{ batchAxis: 0, itemsPerWorkgroup: 64 },
  };
  const summing: Pass = {
    kernel: sums.get(rows)!,
    constants: {
      ...{ B: o.B, K: o.K, CLASSES: classes, BLOCKS },
      ...kernelConstants,
    },
    // Only RBF reads xx and vv. The other kernels bind another operand in their place.
    bindings: ['x', isRbf ? 'xx' : 'x', 'v', isRbf ? 'vv' : 'coefficient', 'coefficient', 'sums'],
    workgroups: [ceilDiv(BLOCKS, 16), 1, 1],
    ...{ batchAxis: 1, itemsPerWorkgroup: 4 * rows },
  };
  const deciding: Pass = {
    kernel: decisionsOfSums,
    constants: { CLASSES: classes, P, BLOCKS },
    bindings: ['sums', 'first', 'rho', 'd'],
    workgroups: [ceilDiv(P, 64), 1, 1],
    batchAxis: 2,
  };
  const planOf = (variant: string, sum: Pass): Plan => ({
    variant,
    passes: isRbf ? [lengths, sum, deciding] : [sum, deciding],
    scratch: { ...(isRbf && { xx: o.B }), sums: o.B * BLOCKS * (classes - 1) },
    pack: {
      v: (v) => packVectors(v, o.K, filled),
      vv: (v) => filled.map((s) => (s < 0 ? 0 : lengthOf(v, s, o.K))),
      coefficient: (c) =>
        Float32Array.from({ length: (classes - 1) * filled.length }, (_, at) => {
          const s = filled[at % filled.length];
          return s < 0 ? 0 : c[Math.floor(at / filled.length) * o.S + s];
        }),
    },
  });
  const quads: Pass = {
    ...summing,
    kernel: sumsQuads,
    workgroups: [ceilDiv(BLOCKS, 32), 1, 1],
    itemsPerWorkgroup: ROWS,
  };
  const first = planOf(`sums ${rows}x8`, summing);
  return rows === 1 ? [first] : [first, { ...planOf('sums quads 8x8', quads), features: ['subgroups'] }];
}

/** Pads each class to blocks of 8. Returns the index of the vector at each place, or -1 for padding. */
function fillClasses(counts: readonly number[]): Float32Array {
  let next = 0;
  return Float32Array.from(
    counts.flatMap((count) =>
      Array.from({ length: ceilDiv(count, 8) * 8 }, (_, i) => (i < count ? next++ : -1)),
    ),
  );
}

/** |v[s]|² of v (S,K). */
export function lengthOf(v: Float32Array, s: number, K: number): number {
  let sum = 0;
  for (let k = s * K; k < (s + 1) * K; k++) sum += v[k] * v[k];
  return sum;
}

/** (S,K) -> (S8/8,K/4,2) of blocks of 4 features x 4 vectors. */
function packVectors(v: Float32Array, K: number, filled: Float32Array): Float32Array {
  const packed = new Float32Array(filled.length * K);
  filled.forEach((s, place) => {
    if (s < 0) return;
    for (let k = 0; k < K; k++) packed[placeInBlocks(place >> 3, K, k, place)] = v[s * K + k];
  });
  return packed;
}

/** Operand d (B,P) -> votes (B,classes). */
export function planVotes(o: SvmOptions): Candidates {
  return onlyPlain({
    kernel: votes,
    constants: { CLASSES: o.classes, P: pairsOf(o.classes) },
    bindings: ['d', 'votes'],
    workgroups: [ceilDiv(o.classes, 64), 1, 1],
  });
}

/**
 * Operands d (B,P), a (P), b (P) -> p (B,classes), for at most MAX_IN_WORKGROUP classes. Without `couple` there must be
 * two classes.
 */
export function planProbabilities(o: SvmOptions & { readonly couple: boolean }): Candidates {
  return onlyPlain({
    kernel: probabilities(o.classes),
    constants: { P: pairsOf(o.classes), COUPLE: o.couple ? 1 : 0 },
    bindings: ['d', 'a', 'b', 'p'],
    workgroups: [1, 1, 1],
  });
}
