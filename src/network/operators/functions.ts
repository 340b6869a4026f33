import { type FunctionName, functionParameters, planFunction } from '../../../shaders/functions/functions';
import { numberOf } from '../../graph/graph';
import type { functions as known } from '../../graph/operators/functions';
import type { FusedNode } from '../../graph/passes/join-pairs';
import { type Builder, type Lower, layoutOf, lengthOf } from '../builder';

/** A function of each number. */
const lowerFunction =
  (op: FunctionName): Lower =>
  (node: FusedNode, builder: Builder): void => {
    const layout = layoutOf(builder.value(node.inputs[0]));
    const x = builder.in(layout, node.inputs[0]);
    const y = builder.make(node.outputs[0], layout);
    const parameters = Object.entries(functionParameters(op)).map(([name, otherwise]) =>
      numberOf(node, name, otherwise),
    );
    const size = lengthOf(layout, y.shape) / (y.shape[0] ?? 1);
    const channels = layout === 'nhwc4' ? ([y.shape[1], y.strides[3]] as const) : undefined;
    const plans = planFunction({ op, parameters, size, channels });
    builder.step(node.name, node.op, plans, { x: x.buffer }, 'y', y);
  };

const named = <Name extends FunctionName>(...names: Name[]): Record<Name, Lower> =>
  Object.fromEntries(names.map((name) => [name, lowerFunction(name)])) as Record<Name, Lower>;

/** The lowering of each operator of graph/operators/functions.ts. */
export const functions: { readonly [Name in keyof typeof known]: Lower } = {
  ...named('Abs', 'Neg', 'Sign', 'Not', 'Exp', 'Sqrt', 'Reciprocal', 'Log', 'Floor', 'Ceil', 'Round', 'Erf'),
  ...named('Softsign', 'Selu', 'Celu', 'ThresholdedRelu', 'mien.Truncate', 'mien.IsNotZero'),
  ...named('Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh'),
};
