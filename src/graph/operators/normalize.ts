import { textOf } from '../graph';
import { fail, type Operator, same } from './operator';

/** Operators that bring groups of numbers to a common scale. */
export const normalize = {
  'ai.onnx.ml.Normalizer': {
    check(node) {
      const norm = textOf(node, 'norm', 'MAX');
      if (!['MAX', 'L1', 'L2'].includes(norm))
        fail(node, `norm ${norm} is not supported, MAX, L1 and L2 are`);
    },
    infer: same.infer,
  },
} satisfies Readonly<Record<string, Operator>>;
