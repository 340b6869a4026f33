import { expect, test } from 'vitest';
import { liblinearToGraph, parseLiblinearModel } from '../../src/formats/liblinear';

const MODEL = `solver_type L2R_LR
nr_class 3
label 2 -1 7
nr_feature 2
bias 0.5
w
0.5 -1 0.25
1 0x1p1 -3
4 2 -2
`;

test('reads weights, and adds the last row times bias', () => {
  expect(parseLiblinearModel(MODEL)).toEqual({
    ...{ type: 'classifier', hasProbabilities: true, labels: [2, -1, 7], features: 2 },
    ...{ weights: Float64Array.of(0.5, 1, -1, 2, 0.25, -3), intercepts: [2, 1, -1] },
  });
});

test('several classes are a LinearClassifier, and a division by the sum for probabilities', () => {
  const ops = (text: string) => liblinearToGraph(parseLiblinearModel(text)).nodes.map(({ op }) => op);
  expect(ops(MODEL)).toEqual(['LinearClassifier', 'Normalizer']);
  expect(ops(MODEL.replace('L2R_LR', 'MCSVM_CS'))).toEqual(['LinearClassifier']);
});

const single = (solver: string, more: string) =>
  `solver_type ${solver}\nnr_class 2\n${more}nr_feature 2\nbias -1\nw\n0.5\n-2\n`;

test('two classes, regressors and one-class machines are SVMs with one vector', () => {
  const attributes = (solver: string, more = '') =>
    liblinearToGraph(parseLiblinearModel(single(solver, more))).nodes[0].attributes;
  const vector = { support_vectors: [0.5, -2], coefficients: [1] };
  expect(attributes('L1R_LR', 'label 3 4\n')).toMatchObject({ ...vector, prob_a: [-1], prob_b: [0] });
  expect(attributes('L2R_L1LOSS_SVR_DUAL')).toMatchObject({ ...vector, n_supports: 1, one_class: 0 });
  expect(attributes('ONECLASS_SVM', 'rho 0.5\n')).toMatchObject({ ...vector, one_class: 1, rho: [-0.5] });
});

test.each<[string, string]>([
  ['m:1: the file ends before w', ''],
  ['m:6: solver_type is L3, but only L2R_LR, L2R_LR_DUAL,', MODEL.replace('L2R_LR', 'L3')],
  ['m:6: label has 2 values, but it needs 3', MODEL.replace(' 7\n', '\n')],
  ['m:6: 2 lines of weights, but 3 are needed', MODEL.replace('4 2 -2\n', '')],
  ['m:8: 2 weights, but 3 are needed', MODEL.replace(' -3\n', '\n')],
  ['m:8: weight "wide" is not a number', MODEL.replace('-3', 'wide')],
  ['m:4: unknown header key "marks"', MODEL.replace('nr_feature', 'marks')],
  ['m:5: no bias before w', MODEL.replace('bias 0.5\n', '')],
  ['m:6: nr_feature is 0, but has to be', MODEL.replace('nr_feature 2', 'nr_feature 0')],
])('refuses: %s', (message, text) => {
  expect(() => parseLiblinearModel(text, 'm')).toThrow(message);
});
