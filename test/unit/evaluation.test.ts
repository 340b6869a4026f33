import { describe, expect, test } from 'vitest';
import { random } from '../../shaders/cases/case';
import { evaluate } from '../../src/evaluation/evaluation';

describe('six items by hand', () => {
  //          a    b    c
  const scores = [
    [0.8, 0.1, 0.1], // a, called a
    [0.4, 0.5, 0.1], // a, called b
    [0.2, 0.7, 0.1], // b, called b
    [0.4, 0.4, 0.2], // b, called a: the first of equal scores
    [0.1, 0.9, 0.0], // b, called b
    [0.6, 0.3, 0.1], // b, called a
  ].flat();
  const found = evaluate(scores, [0, 0, 1, 1, 1, 1], ['a', 'b', 'c']);

  test('confusion: rows are what was shown', () => {
    expect(found.confusion).toEqual([
      [1, 1, 0],
      [2, 2, 0],
      [0, 0, 0],
    ]);
    expect(found.accuracy).toBe(3 / 6);
  });

  test('precision, recall and F1; null where nothing can be counted', () => {
    const [a, b, c] = found.classes;
    expect(a).toMatchObject({ support: 2, precision: 1 / 3, recall: 1 / 2, f1: 2 / 5 });
    expect(b).toMatchObject({ support: 4, precision: 2 / 3, recall: 2 / 4, f1: 4 / 7 });
    expect(c).toMatchObject({ support: 0, precision: null, recall: null, f1: null, auc: null, roc: [] });
    expect(found.macro.f1).toBeCloseTo((2 / 5 + 4 / 7) / 2, 12);
    expect(found.macro.recall).toBe(1 / 2);
  });

  test('ROC: a step at every threshold, equal scores in one', () => {
    // Scores of a in descending order: .8 (a) .6 (b) .4 (a, b) .2 (b) .1 (b). The last two points are on one line.
    expect(found.classes[0].roc).toEqual([
      [0, 0],
      [0, 0.5],
      [0.25, 0.5],
      [0.5, 1],
      [1, 1],
    ]);
    // .8 is greater than all four; .4 is greater than two, less than one, and equal to one.
    expect(found.classes[0].auc).toBeCloseTo((4 + 2 + 0.5) / 8, 12);
  });

  test('calibration', () => {
    // Highest scores: .4 wrong; .5 wrong and .6 wrong; .7, .8 and .9 right: six intervals of a fifteenth.
    const expected = (0.4 + 0.5 + 0.6 + 0.3 + 0.2 + 0.1) / 6;
    expect(found.calibrationError).toBeCloseTo(expected, 12);
    expect(found.bins.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0]);
    expect(found.bins[13]).toEqual({ count: 1, confidence: 0.9, accuracy: 1 });
  });
});

test('the area under a curve is the share of pairs in the right order', () => {
  const numbers = random(5, 1200, 0, 1)[Symbol.iterator]();
  const next = () => numbers.next().value as number;
  const truth = Array.from({ length: 300 }, () => Math.floor(next() * 3));
  // There are few different scores, so that many are equal.
  const scores = truth.flatMap((t) => [0, 1, 2].map((k) => Math.round(8 * (next() + Number(k === t))) / 16));
  for (const [k, { auc, roc }] of evaluate(scores, truth, ['a', 'b', 'c']).classes.entries()) {
    let [right, pairs] = [0, 0];
    truth.forEach((t, n) => {
      truth.forEach((u, m) => {
        if (t !== k || u === k) return;
        pairs++;
        const difference = scores[n * 3 + k] - scores[m * 3 + k];
        right += difference > 0 ? 1 : difference === 0 ? 0.5 : 0;
      });
    });
    expect(auc).toBeCloseTo(right / pairs, 12);
    const drawn = roc.slice(1).reduce((sum, [x, y], i) => sum + ((x - roc[i][0]) * (y + roc[i][1])) / 2, 0);
    expect(drawn).toBeCloseTo(right / pairs, 12);
  }
});

test('the interval is Wilson’s', () => {
  const scores = Array.from({ length: 10 }, (_, n) => (n < 8 ? [1, 0] : [0, 1])).flat();
  const { accuracyInterval } = evaluate(scores, new Array(10).fill(0), ['a', 'b']);
  // 8 of 10: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n) with z = 1.96
  expect(accuracyInterval[0]).toBeCloseTo(0.4902, 4);
  expect(accuracyInterval[1]).toBeCloseTo(0.9433, 4);
});
