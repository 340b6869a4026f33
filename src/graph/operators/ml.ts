import { elementTypeOf, numberOf, numbersOf, sizeOf, textOf, textsOf } from '../graph';
import { fail, moved, numbers, type Operator, same } from './operator';

/** The values of post_transform that LinearClassifier supports. */
const TRANSFORMS = ['NONE', 'LOGISTIC', 'SOFTMAX'];

const onlyNone: Operator['check'] = (node) => {
  const transform = textOf(node, 'post_transform', 'NONE');
  if (transform !== 'NONE') fail(node, `post_transform ${transform} is not supported, NONE is`);
};

/** Further operators of ai.onnx.ml: regressors, linear models, and the choice of features. */
export const ml = {
  'ai.onnx.ml.SVMRegressor': {
    check: onlyNone,
    infer: (_, [x]) => [[x[0], 1]],
  },
  'ai.onnx.ml.LinearRegressor': {
    check: onlyNone,
    infer: (node, [x]) => [[x[0], numberOf(node, 'targets', 1)]],
  },
  'ai.onnx.ml.LinearClassifier': {
    types: () => ['label', 'float'],
    check(node) {
      const transform = textOf(node, 'post_transform', 'NONE');
      if (!TRANSFORMS.includes(transform))
        fail(node, `post_transform ${transform} is not supported, ${TRANSFORMS.join(', ')} are`);
      const labels = classesOf(node).length;
      const rows = numbersOf(node, 'intercepts').length;
      if (rows !== labels && !(rows === 1 && labels === 2))
        fail(node, `intercepts has ${rows} numbers for ${labels} classes`);
      if (rows === 1 && transform === 'SOFTMAX')
        fail(node, 'post_transform SOFTMAX of one score is not supported, of a score for each class is');
    },
    infer: (node, [x]) => [[x[0]], [x[0], classesOf(node).length]],
  },
  'ai.onnx.ml.Binarizer': same,
  /** The features at constant positions of the last axis. */
  'ai.onnx.ml.ArrayFeatureExtractor': {
    ...moved,
    infer(node, [x, y], [, positions]) {
      const features = x[x.length - 1];
      const wrong = numbers(node, positions, 'second input').find((at) => at < 0 || at >= features);
      if (wrong !== undefined) fail(node, `takes feature ${wrong} of ${features}`);
      return [[...(x.length === 1 ? [1] : x.slice(0, -1)), sizeOf(y)]];
    },
  },
  /** The class at each position, of a list in the attributes of a classifier: see passes/choose.ts. */
  'mien.Choose': {
    ...same,
    accepts: ['integer'],
    types: () => ['label'],
    check: (node) => void (classesOf(node).length || fail(node, 'chooses from an empty list')),
  },
  /** Class labels that are numbers as float numbers; or, cast to whole numbers, as they are. */
  'mien.LabelNumber': {
    ...same,
    accepts: ['label'],
    types(node) {
      const to = numberOf(node, 'to', 1);
      const isFloat = elementTypeOf(to) === 'float';
      if (!isFloat && to !== 6 && to !== 7) fail(node, `from label to data type ${to} is not supported`);
      return [isFloat ? 'float' : 'label'];
    },
  },
} satisfies Readonly<Record<string, Operator>>;

/** The labels in the attributes of a classifier. */
export function classesOf(node: Parameters<Operator['infer']>[0]): readonly number[] | readonly string[] {
  const strings = textsOf(node, 'classlabels_strings');
  return strings.length ? strings : numbersOf(node, 'classlabels_ints');
}
