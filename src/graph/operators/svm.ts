import { numbersOf, textOf, textsOf } from '../graph';
import { fail, type Operator } from './operator';

/** The classifier of support vector machines. */
export const svm = {
  'ai.onnx.ml.SVMClassifier': {
    check(node) {
      const transform = textOf(node, 'post_transform', 'NONE');
      if (transform !== 'NONE') fail(node, `post_transform ${transform} is not supported, NONE is`);
      if (!numbersOf(node, 'support_vectors').length) fail(node, 'has no support vectors');
    },
    types: () => ['label', 'float'],
    infer(node, [x]) {
      const { length } = numbersOf(node, 'classlabels_ints');
      const classes = length || textsOf(node, 'classlabels_strings').length;
      const pairs = (classes * (classes - 1)) / 2;
      const columns = classes === 2 || numbersOf(node, 'prob_a').length ? classes : pairs;
      return [[x[0]], [x[0], columns]];
    },
  },
} satisfies Readonly<Record<string, Operator>>;
