/**
 * Reads the model files that LIBLINEAR's train writes.
 *
 * Fan, Chang, Hsieh, Wang and Lin, LIBLINEAR: a library for large linear classification, JMLR 9, 2008.
 */

import type { Graph, Node } from '../graph/graph';
import { svmToGraph } from '../svm/graph';
import { MOST_VALUES, type Svm } from '../svm/svm';
import { linesOf, readFinite, tokensOf } from './libsvm-lines';

/** The solvers, by what their models compute. */
const LOGISTIC = ['L2R_LR', 'L2R_LR_DUAL', 'L1R_LR'];
const MARGIN = [
  ...['L2R_L2LOSS_SVC', 'L2R_L2LOSS_SVC_DUAL', 'L2R_L1LOSS_SVC_DUAL', 'L1R_L2LOSS_SVC', 'MCSVM_CS'],
];
const REGRESSION = ['L2R_L2LOSS_SVR', 'L2R_L2LOSS_SVR_DUAL', 'L2R_L1LOSS_SVR_DUAL'];
const ONE_CLASS = 'ONECLASS_SVM';
const SOLVERS = [...LOGISTIC, ...MARGIN, ...REGRESSION, ONE_CLASS];
const HEADER = ['solver_type', 'nr_class', 'label', 'nr_feature', 'bias', 'rho', 'w'];

/** A model of LIBLINEAR. */
export interface LinearModel {
  /** What it computes: a class, a number, or whether a row is like the training data, 1 or -1. */
  readonly type: Required<Svm>['type'];
  /** Whether the scores of its graph are probabilities: for the solvers of logistic regression. */
  readonly hasProbabilities: boolean;
  /** The labels of the k classes; empty unless it computes a class. */
  readonly labels: readonly number[];
  /** K: how many features it reads. */
  readonly features: number;
  /** (O,K), row-major: O is k, or 1 for two classes (except with MCSVM_CS) and all other types. */
  readonly weights: Float64Array;
  /** (O): added to the weighted sums. */
  readonly intercepts: readonly number[];
}

/**
 * Reads a model of LIBLINEAR.
 *
 * @param text  the whole file
 * @param file  its name, for errors
 * @throws Error  `FILE:LINE: what is wrong`, in one line
 */
export function parseLiblinearModel(text: string, file = 'model'): LinearModel {
  const lines = linesOf(text);
  const fail = (line: number, what: string): never => {
    throw new Error(`${file}:${line}: ${what}`);
  };
  const { length, values, numbers, whole } = readHeader(lines, fail);
  const [solver = 'missing'] = values('solver_type');
  if (!SOLVERS.includes(solver))
    fail(length, `solver_type is ${solver}, but only ${SOLVERS.join(', ')} are read`);
  const isRegressor = REGRESSION.includes(solver);
  const type = solver === ONE_CLASS ? 'one-class' : isRegressor ? 'regressor' : 'classifier';
  const k = whole('nr_class', 1);
  const labels = type === 'classifier' ? numbers('label', k) : [];
  const rows = type !== 'classifier' || (k === 2 && solver !== 'MCSVM_CS') ? 1 : k;
  const features = whole('nr_feature', 1);
  const [bias] = numbers('bias', 1);
  const found = lines.length - length;
  const needed = features + (bias >= 0 ? 1 : 0);
  if (found !== needed) fail(length, `${found} lines of weights, but ${needed} are needed`);
  if (rows * features > MOST_VALUES) fail(length, `${rows * features} weights are more than ${MOST_VALUES}`);
  const weights = new Float64Array(rows * features);
  const intercepts = new Array<number>(rows).fill(type === 'one-class' ? -numbers('rho', 1)[0] : 0);
  for (let i = 0; i < needed; i++) {
    const line = length + i + 1;
    const tokens = tokensOf(lines[length + i]);
    if (tokens.length !== rows) fail(line, `${tokens.length} weights, but ${rows} are needed`);
    tokens.forEach((token, o) => {
      const weight = readFinite(token) ?? fail(line, `weight "${token}" is not a number`);
      if (i < features) weights[o * features + i] = weight;
      else intercepts[o] += weight * bias;
    });
  }
  return { type, hasProbabilities: LOGISTIC.includes(solver), labels, features, weights, intercepts };
}

type Fail = (line: number, what: string) => never;

interface Header {
  /** How many lines there are. */
  readonly length: number;
  values(key: string): readonly string[];
  numbers(key: string, count: number): number[];
  whole(key: string, least: number): number;
}

function readHeader(lines: readonly string[], fail: Fail): Header {
  const found = new Map<string, readonly string[]>();
  let length = 0;
  for (; length < lines.length && !found.has('w'); length++) {
    const [key = '', ...values] = tokensOf(lines[length]);
    if (!HEADER.includes(key)) fail(length + 1, `unknown header key "${key}"`);
    found.set(key, values);
  }
  if (!found.has('w')) fail(Math.max(lines.length, 1), 'the file ends before w');
  const values = (key: string) => found.get(key) ?? fail(length, `no ${key} before w`);
  const numbers = (key: string, count: number): number[] => {
    if (values(key).length !== count)
      fail(length, `${key} has ${values(key).length} values, but it needs ${count}`);
    return values(key).map((v) => readFinite(v) ?? fail(length, `${key} "${v}" is not a number`));
  };
  return {
    ...{ length, values, numbers },
    whole(key, least) {
      const [value] = numbers(key, 1);
      return Number.isInteger(value) && value >= least
        ? value
        : fail(length, `${key} is ${value}, but has to be a whole number of ${least} or more`);
    },
  };
}

/**
 * Converts a model of LIBLINEAR to a graph. Its input is `x` (N,features). For classes, the outputs are `label` (N) and
 * `scores` (N,k): probabilities with a solver of logistic regression, else decision values, for two classes (-d, d). For
 * other types, the output is `y` (N,1): the number; for a one-class machine 1 or -1.
 * @throws if the model has only one class
 */
export function liblinearToGraph(model: LinearModel): Graph {
  const { type, labels, features, weights, intercepts, hasProbabilities } = model;
  if (type !== 'classifier' || intercepts.length < labels.length || labels.length < 2)
    return svmToGraph({
      ...{ type, labels, features, kernel: 'linear', gamma: 0, coef0: 0, degree: 0 },
      ...{ supportVectors: weights, coefficients: Float64Array.of(1), rho: intercepts.map((b) => -b) },
      counts: type === 'classifier' ? [1, 0] : [1],
      // 1 / (1 + exp(-d)): Platt's probabilities with A = -1 and B = 0.
      ...(hasProbabilities ? { probA: [-1], probB: [0] } : {}),
    });
  const node = (op: string, inputs: string[], outputs: string[], attributes: Node['attributes']): Node => ({
    ...{ op, domain: 'ai.onnx.ml', name: outputs[0], inputs, outputs, attributes },
  });
  const scores = hasProbabilities ? 'each' : 'scores';
  const nodes = [
    node('LinearClassifier', ['x'], ['label', scores], {
      ...{ coefficients: Array.from(weights), intercepts, classlabels_ints: labels },
      post_transform: hasProbabilities ? 'LOGISTIC' : 'NONE',
    }),
  ];
  // The probabilities of the classes against the rest, divided by their sum.
  if (hasProbabilities) nodes.push(node('Normalizer', ['each'], ['scores'], { norm: 'L1' }));
  return {
    ...{ name: 'linear', opset: 21, inputs: [{ name: 'x', shape: ['N', features] }] },
    ...{ outputs: ['label', 'scores'], nodes, constants: new Map() },
  };
}
