import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  decisionsAt,
  kernelOf,
  type TrainedPair,
  type TrainingOptions,
  train,
  winnerOf,
} from '../../study/smo';

interface Fixture {
  readonly sets: Readonly<Record<string, { points: number[][]; labels: number[] }>>;
  readonly cases: readonly {
    readonly set: string;
    readonly options: TrainingOptions;
    readonly pairs: readonly { objective: number; rho: number; alpha: number[] }[];
  }[];
}

const file = new URL('../fixtures/smo/cases.json', import.meta.url);
const { sets, cases }: Fixture = JSON.parse(readFileSync(file, 'utf8'));

const EPSILON = 1e-3;
/** Half the distance from 1 to the next f32. Both programs round the kernel matrix to f32. */
const F32 = 2 ** -24;

/** The kernel matrix of a pair's points, with signs: Q_ij = y_i y_j k(x_i, x_j). */
function signedMatrix(
  { options, set }: Fixture['cases'][number],
  { members, coefficients, first }: TrainedPair,
) {
  const { points, labels } = sets[set];
  const y = members.map((at) => (labels[at] === first ? 1 : -1));
  expect(coefficients.every((c, i) => c * y[i] >= 0)).toBe(true);
  return members.map((a, i) => members.map((b, j) => y[i] * y[j] * kernelOf(options, points[a], points[b])));
}

/**
 * How far the objectives and the rho of two solutions may be apart.
 *
 * A solution a of either program meets the conditions of the minimum within e = 0.001: g(a)·(a - b) <= e |a - b|₁ / 2 for
 * its gradient g and every permitted b, since a move of weight from one point to another lowers the objective by at most
 * e for each unit. Let d be the difference of the two solutions. The objective is quadratic, so the objectives differ by at
 * most e |d|₁ / 2, plus |d·Qd| / 2 if Q is not positive definite (sigmoid).
 *
 * rho is at most e from y g of each free support vector, in both programs. y g differs by at most max |Qd|. The rounded
 * kernel matrix adds |Q| a 2^-24 to g, and half of a·|Q| a 2^-24 to the objective, in both programs.
 */
function allowed(
  Q: readonly number[][],
  ours: ArrayLike<number>,
  theirs: readonly number[],
  isConvex: boolean,
) {
  const d = theirs.map((a, i) => ours[i] - a);
  const times = (v: ArrayLike<number>, row: readonly number[]) =>
    row.reduce((sum, q, j) => sum + q * v[j], 0);
  const moved = Q.map((row) => times(d, row));
  const rounded = Q.map((row) => F32 * row.reduce((sum, q, j) => sum + Math.abs(q) * theirs[j], 0));
  const length = d.reduce((sum, v) => sum + Math.abs(v), 0);
  const curved = isConvex ? 0 : Math.abs(times(d, moved)) / 2;
  return {
    objective: (EPSILON * length) / 2 + curved + times(rounded, theirs),
    rho: 2 * EPSILON + Math.max(...moved.map(Math.abs)) + 2 * Math.max(...rounded),
  };
}

test('the cases cover every kernel, two, three and four classes', () => {
  expect(cases.length).toBeGreaterThanOrEqual(12);
  expect(new Set(cases.map(({ options }) => options.kernel)).size).toBe(4);
  expect(new Set(cases.map(({ pairs }) => pairs.length))).toEqual(new Set([1, 3, 6]));
});

describe('the objective and rho are those of LIBSVM', () => {
  test.each(cases.map((each) => [`${each.set}, ${each.options.kernel}, C ${each.options.C}`, each] as const))(
    '%s',
    (_, each) => {
      const { points, labels } = sets[each.set];
      const svm = train(points, labels, each.options);
      expect(svm.pairs.length).toBe(each.pairs.length);
      svm.pairs.forEach((pair, p) => {
        const { objective, rho, alpha } = each.pairs[p];
        const tolerance = allowed(
          signedMatrix(each, pair),
          pair.alpha,
          alpha,
          each.options.kernel !== 'sigmoid',
        );
        expect(pair.isSolved).toBe(true);
        expect(Math.abs(pair.objective - objective)).toBeLessThanOrEqual(tolerance.objective);
        expect(Math.abs(pair.rho - rho)).toBeLessThanOrEqual(tolerance.rho);
      });
    },
  );
});

test.each(cases.map((each) => [`${each.set}, ${each.options.kernel}, C ${each.options.C}`, each] as const))(
  'the weights of %s are permitted and meet the conditions of the minimum',
  (_, each) => {
    const { points, labels } = sets[each.set];
    const { pairs } = train(points, labels, each.options);
    for (const pair of pairs) {
      const { alpha, coefficients, first, members } = pair;
      const sum = alpha.reduce((total, a) => total + a, 0);
      // Each step changes the sum of y alpha by roundings only.
      expect(Math.abs(coefficients.reduce((total, c) => total + c, 0))).toBeLessThanOrEqual(1e-12 * sum);
      expect(alpha.every((a) => a >= 0 && a <= each.options.C)).toBe(true);
      const Q = signedMatrix(each, pair);
      const slopes = Q.map((row, i) => {
        const y = labels[members[i]] === first ? 1 : -1;
        return { y, value: -y * (row.reduce((total, q, j) => total + q * alpha[j], 0) - 1) };
      });
      const growing = slopes.filter(({ y }, i) => (y > 0 ? alpha[i] < each.options.C : alpha[i] > 0));
      const shrinking = slopes.filter(({ y }, i) => (y > 0 ? alpha[i] > 0 : alpha[i] < each.options.C));
      const violation =
        Math.max(...growing.map(({ value }) => value)) - Math.min(...shrinking.map(({ value }) => value));
      const rounding = Math.max(
        ...Q.map((row) => row.reduce((n, q, j) => n + Math.abs(q) * alpha[j] * F32, 0)),
      );
      expect(violation).toBeLessThanOrEqual(EPSILON + 2 * rounding);
    }
  },
);

describe('train', () => {
  const rbf: TrainingOptions = { kernel: 'rbf', gamma: 2, coef0: 0, degree: 3, C: 10 };

  test('separates XOR with RBF, and cannot with a straight line', () => {
    const points = [-1, 1].flatMap((x) => [-1, 1].map((y) => [x, y]));
    const labels = points.map(([x, y]) => (x * y > 0 ? 1 : 0));
    const wrong = (options: TrainingOptions) => {
      const svm = train(points, labels, options);
      return points.filter((x, i) => winnerOf(svm, decisionsAt(svm, x)) !== labels[i]).length;
    };
    expect(wrong(rbf)).toBe(0);
    expect(wrong({ ...rbf, kernel: 'linear' })).toBeGreaterThan(0);
  });

  test('of one class has no pair, of none no class', () => {
    expect(train([[0, 0]], [2], rbf)).toMatchObject({ classes: [2], pairs: [], supportVectors: [] });
    expect(train([], [], rbf)).toMatchObject({ classes: [], pairs: [] });
    expect(winnerOf(train([[0, 0]], [2], rbf), [])).toBe(2);
  });

  test('of equal points with different labels ends with all of them at C', () => {
    const svm = train([[1, 1], [1, 1]], [0, 1], rbf); // biome-ignore format: one line is easier to read
    expect([...svm.pairs[0].alpha]).toEqual([10, 10]);
    expect(svm.supportVectors).toEqual([0, 1]);
  });

  test('stops after maxSteps and says so', () => {
    const { points, labels } = sets.xor;
    const [pair] = train(points, labels, { ...rbf, maxSteps: 3 }).pairs;
    expect([pair.steps, pair.isSolved]).toEqual([3, false]);
  });

  test('a sigmoid that is not positive definite ends', () => {
    const { points, labels } = sets.rings;
    const svm = train(points, labels, {
      kernel: 'sigmoid',
      gamma: 20,
      coef0: -3,
      degree: 3,
      C: 100,
      maxSteps: 1e5,
    });
    expect(svm.pairs[0].alpha.every((a) => a >= 0 && a <= 100)).toBe(true);
    expect(Number.isFinite(svm.pairs[0].rho)).toBe(true);
  });
});
