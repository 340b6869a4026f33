import { equationOf } from '../einsum';
import { fail, type Operator } from './operator';

/** Sums of products of two tensors. passes/products.ts turns other products of computed tensors into Einsum. */
export const einsum = {
  Einsum: {
    infer(node, shapes) {
      if (shapes.length > 2) fail(node, `has ${shapes.length} operands; at most 2 are supported`);
      const { output, sizes } = equationOf(node, shapes);
      return [output.map((label) => sizes.get(label) ?? 1)];
    },
  },
} satisfies Readonly<Record<string, Operator>>;
