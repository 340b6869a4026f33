import type { Activation } from '../../../shaders/activation';
import { type Node, numberOf } from '../../graph/graph';
import type { Builder } from '../builder';

/** An activation node as kernels apply it; ONNX's defaults. Undefined where a bound of Clip is computed. */
export function activationOf(node: Node | undefined, builder: Builder): Activation | undefined {
  switch (node?.op) {
    case 'Relu':
    case 'Sigmoid':
    case 'Tanh':
    case 'HardSwish':
      return { op: node.op };
    case 'LeakyRelu':
      return { op: node.op, alpha: numberOf(node, 'alpha', 0.01) };
    case 'Elu':
      return { op: node.op, alpha: numberOf(node, 'alpha', 1) };
    case 'HardSigmoid':
      return { op: node.op, alpha: numberOf(node, 'alpha', 0.2), beta: numberOf(node, 'beta', 0.5) };
    case 'Clip': {
      const bound = (i: number, otherwise: number): number => {
        if (!node.inputs[i]) return otherwise;
        return builder.numbers(node.inputs[i])?.[0] ?? builder.fail(node, 'its bounds must be constant');
      };
      return { op: 'Clip', min: bound(1, -Infinity), max: bound(2, Infinity) };
    }
    default:
      return undefined;
  }
}
