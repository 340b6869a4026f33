import { type Case, EPS, exact, type KernelCases, random, sumTolerance, type Tolerance } from '../cases/case';
import {
  lengthOf,
  MAX_IN_WORKGROUP,
  pairsOf,
  planDecisions,
  planKernelMatrix,
  planProbabilities,
  planSvm,
  planVotes,
} from './svm';
import { decisions, kernelMatrix, probabilities, votes } from './svm.ref';
import { preciseCases } from './svm-precise.cases';
import { planProbabilitiesMany } from './svm-probabilities-many';

/** x and v are in -1..1, so |x·v| is below K, and a sum of K products has an error of 2 K EPS: `dot`. */
function matrixTolerance(kernel: string, K: number, gamma: number): Tolerance {
  const dot = sumTolerance(K).abs;
  switch (kernel) {
    case 'linear':
      return sumTolerance(K);
    case 'polynomial':
      // d(u³) = 3 u² du, and u stays below gamma K + 1; with gamma = 1/K, below 2.
      return { abs: 3 * 4 * (gamma * dot + 4 * EPS), rel: 8 * EPS, why: 'a cube of a number below 2' };
    case 'rbf':
      // exp(-t) has the error of t and WGSL's 3 + 2t ulp. t is a distance times gamma, and below 4.
      return {
        abs: 4 * gamma * dot + 2 * (3 + 8) * EPS,
        rel: 0,
        why: 'exp(-t), t below 4: dt + (3 + 2t) ulp',
      };
    default:
      return { abs: gamma * dot + 1e-5, rel: 0, why: "tanh: WGSL's 1e-5, and its argument's error" };
  }
}

function matrixCase(
  kernel: 'linear' | 'polynomial' | 'rbf' | 'sigmoid',
  B: number,
  S: number,
  K: number,
  gamma = 1 / K,
): Case {
  return {
    name: `kernel matrix, ${kernel}: ${B} rows, ${S} vectors of ${K}${gamma > 1 ? `, gamma ${gamma}` : ''}`,
    timed: S > 1000 ? 'phone' : undefined,
    build() {
      const o = { B, S, K, kernel, gamma, coef0: kernel === 'rbf' ? 0 : -0.5, degree: 3 };
      const x = random(1, B * K);
      const v = random(2, S * K);
      return {
        candidates: planKernelMatrix(o),
        batch: B,
        operands: { x, v },
        expected: kernelMatrix(o, x, v),
        tolerance: matrixTolerance(kernel, K, o.gamma),
        cost: { flop: (kernel === 'rbf' ? 3 : 2) * B * S * K, bytes: 4 * (B * K + S * K + B * S) },
      };
    },
  };
}

/** All steps from rows to decisions, with `counts` vectors in each class. */
function machineCase(
  kernel: 'linear' | 'polynomial' | 'rbf' | 'sigmoid',
  B: number,
  K: number,
  counts: readonly number[],
  timed?: Case['timed'],
): Case {
  const S = counts.reduce((a, b) => a + b);
  const classes = counts.length;
  return {
    name: `decisions of rows, ${kernel}: ${B} rows, ${counts.join(' + ')} vectors of ${K}`,
    timed,
    build(reference = true) {
      const gamma = 1 / K;
      const o = { B, S, K, kernel, gamma, coef0: kernel === 'rbf' ? 0 : -0.5, degree: 3 };
      const x = random(1, B * K);
      const v = random(2, S * K);
      const coefficient = random(3, (classes - 1) * S);
      const rho = random(4, pairsOf(classes));
      const first = Uint32Array.from({ length: classes + 1 }, (_, c) =>
        counts.slice(0, c).reduce((a, b) => a + b, 0),
      );
      const one = matrixTolerance(kernel, K, gamma);
      // The largest value of the kernel function is 1, or K if linear, or (K gamma + 1)³ if polynomial.
      const off = one.abs + one.rel * (kernel === 'polynomial' ? 8 : kernel === 'linear' ? K : 1);
      const terms = 2 * Math.max(...counts);
      const largest = kernel === 'linear' ? Math.sqrt(K) : kernel === 'polynomial' ? 8 : 1;
      const longest = Math.max(...counts.map((_, c) => lengthOf(v, first[c], K)));
      return {
        candidates: planSvm({ ...o, counts, longest }),
        batch: B,
        operands: { x, v, vv: v, coefficient, first, rho },
        expected: reference
          ? decisions({ B, S, classes }, kernelMatrix(o, x, v), coefficient, first, rho)
          : new Float64Array(B * pairsOf(classes)),
        tolerance: {
          abs: terms * off + largest * sumTolerance(terms + 1).abs,
          rel: 0,
          why: `${terms} numbers of the kernel, each as far off as the kernel matrix may be: ${one.why}`,
        },
        cost: { flop: (kernel === 'rbf' ? 3 : 2) * B * S * K, bytes: 4 * (B * K + S * K) },
      };
    },
  };
}

/** Classes with 1, 2, 3, .. support vectors, or with `each` in every class. */
function decisionsCase(classes: number, B: number, each?: number): Case {
  return {
    name: `decisions: ${classes} classes, ${B} rows${each ? `, ${each} vectors each` : ''}`,
    build() {
      const first = new Uint32Array(classes + 1);
      for (let c = 0; c < classes; c++) first[c + 1] = first[c] + (each ?? c + 1);
      const S = first[classes];
      const o = { B, S, classes };
      const k = random(1, B * S);
      const coefficient = random(2, (classes - 1) * S);
      const rho = random(3, pairsOf(classes));
      return {
        candidates: planDecisions(o),
        batch: B,
        operands: { k, coefficient, first, rho },
        expected: decisions(o, k, coefficient, first, rho),
        tolerance: sumTolerance((each ?? classes) * 2 + 1),
        cost: { flop: 2 * B * (classes - 1) * S, bytes: 4 * (B * S + (classes - 1) * S) },
      };
    },
  };
}

function votesCase(classes: number, B: number): Case {
  return {
    name: `votes: ${classes} classes, ${B} rows`,
    build() {
      const o = { B, S: 0, classes };
      const d = random(1, B * pairsOf(classes)).map((v) => (Math.abs(v) < 0.2 ? 0 : v)); // 0 is a vote for j
      return {
        candidates: planVotes(o),
        batch: B,
        operands: { d },
        expected: votes(o, d),
        tolerance: exact,
        cost: { flop: d.length, bytes: 4 * d.length },
      };
    },
  };
}

function probabilitiesCase(classes: number, B: number, spread: number, couple = true): Case {
  return {
    name: `probabilities${couple ? '' : ' as they are'}: ${classes} classes, ${B} rows, decisions up to ${spread}`,
    build() {
      const P = pairsOf(classes);
      const o = { B, S: 0, classes, couple };
      const d = random(1, B * P, -spread, spread);
      const a = random(2, P, -3, -1);
      const b = random(3, P, -0.2, 0.2);
      return {
        candidates: classes > MAX_IN_WORKGROUP ? planProbabilitiesMany(o) : planProbabilities(o),
        batch: B,
        operands: { d, a, b },
        expected: probabilities(o, d, a, b),
        tolerance: {
          // exp of up to 3 spread has an error of (3 + 6 spread) ulp of a probability. The coupling of `classes`
          // probabilities divides by a diagonal of that order in every sweep, and each sweep contracts the error.
          abs: classes * (3 + 6 * spread) * 2 * EPS * 8,
          rel: 0,
          why: 'exp: 3 + 2|t| ulp (WGSL), summed over the classes in up to eight sweeps that contract',
        },
        cost: { flop: 20 * B * classes * classes, bytes: 4 * B * (P + classes) },
      };
    },
  };
}

export const svmCases: KernelCases = {
  kernel: 'svm',
  cases: [
    ...(['linear', 'polynomial', 'rbf', 'sigmoid'] as const).flatMap((kernel) => [
      matrixCase(kernel, 1, 1, 1),
      matrixCase(kernel, 3, 65, 7),
      matrixCase(kernel, 2, 130, 128),
      matrixCase(kernel, 4, 3, 5), // from four rows on there is the tiled plan, of 8 x 4
      matrixCase(kernel, 17, 259, 6),
    ]),
    // Arguments of several hundred, where a naive tanh is NaN.
    matrixCase('sigmoid', 2, 20, 7, 50),
    matrixCase('rbf', 8, 4000, 128),
    ...(['linear', 'polynomial', 'rbf', 'sigmoid'] as const).flatMap((kernel) => [
      machineCase(kernel, 1, 4, [1, 1]),
      machineCase(kernel, 9, 12, [3, 129, 17]),
    ]),
    machineCase('rbf', 5, 6, [4, 9]), // K is not a multiple of four
    machineCase('rbf', 3, 64, [130, 5, 128, 7]),
    machineCase('rbf', 70, 8, [20, 140]),
    machineCase('rbf', 256, 128, [572, 572, 572, 571, 571, 571, 571], 'phone'),
    machineCase('rbf', 2048, 128, [2048, 2048], 'laptop'),
    machineCase('rbf', 10_000, 128, [2048, 2048], 'workstation'),
    ...preciseCases,
    decisionsCase(2, 1),
    decisionsCase(7, 3),
    decisionsCase(7, 2, 70),
    votesCase(2, 3),
    votesCase(7, 20),
    votesCase(66, 2),
    probabilitiesCase(2, 5, 2, false),
    probabilitiesCase(2, 5, 2),
    probabilitiesCase(7, 9, 2),
    probabilitiesCase(7, 9, 12),
    // Decision values so large that Platt's sigmoid must be clipped, or a diagonal becomes 0.
    probabilitiesCase(7, 4, 60),
    probabilitiesCase(44, 2, 1),
    // More classes than fit into workgroup memory.
    probabilitiesCase(45, 3, 2),
    probabilitiesCase(65, 2, 60),
    probabilitiesCase(130, 2, 1),
  ],
};
