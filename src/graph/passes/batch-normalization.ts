import { type Constant, floats, type Node, numberOf, sizeOf } from '../graph';
import { type FusedGraph, isRow, joinPairs } from './join-pairs';

/**
 * Folds a BatchNormalization with constant parameters into the weight and bias of the Conv or Gemm before it:
 * y = (conv - mean) scale / sqrt(variance + epsilon) + shift.
 */
export function foldBatchNormalization(graph: FusedGraph): FusedGraph {
  return joinPairs(graph, (first, bn, add) => {
    if (bn.op !== 'BatchNormalization' || bn.inputs[0] !== first.outputs[0]) return undefined;
    if (first.op !== 'Conv' && !isPlainGemm(first)) return undefined;
    const weight = graph.constants.get(first.inputs[1]);
    const bias = first.inputs[2] ? graph.constants.get(first.inputs[2]) : floats([1], [0]);
    const parameters = bn.inputs.slice(1).map((name) => graph.constants.get(name));
    if (weight?.type !== 'float32' || bias?.type !== 'float32') return undefined;
    const affine = affineOf(bn, parameters);
    if (!affine || !(bias.data.length === 1 || isRow(bias.shape, affine.scale.length))) return undefined;

    const outputs = affine.scale.length;
    // The weight of Conv is (O, ..); the weight of Gemm is (I,O), or (O,I) if transposed.
    const outputFirst = first.op === 'Conv' || numberOf(first, 'transB', 0) !== 0;
    const inner = sizeOf(weight.shape) / outputs;
    const scaled = weight.data.map(
      (w, i) => w * affine.scale[outputFirst ? Math.floor(i / inner) : i % outputs],
    );
    const shifted = Array.from(
      affine.scale,
      (s, o) => bias.data[bias.data.length > 1 ? o : 0] * s + affine.shift[o],
    );
    const name = bn.outputs[0];
    return {
      ...first,
      inputs: [
        first.inputs[0],
        add(`${name}/weight`, floats(weight.shape, scaled)),
        add(`${name}/bias`, floats([outputs], shifted)),
      ],
      outputs: bn.outputs,
    };
  });
}

const isPlainGemm = (node: Node): boolean =>
  node.op === 'Gemm' &&
  numberOf(node, 'alpha', 1) === 1 &&
  numberOf(node, 'beta', 1) === 1 &&
  !numberOf(node, 'transA', 0);

/**
 * Converts BatchNormalization's parameters (scale, B, mean, var) to scale and shift of each channel, y = x scale +
 * shift. Undefined if a parameter is not constant.
 */
export function affineOf(
  bn: Node,
  parameters: readonly (Constant | undefined)[],
): { scale: Float32Array; shift: Float32Array } | undefined {
  const [gain, offset, mean, variance] = parameters.map((p) => (p?.type === 'float32' ? p.data : undefined));
  if (!gain || !offset || !mean || !variance) return undefined;
  const epsilon = numberOf(bn, 'epsilon', 1e-5);
  const factor = Array.from(gain, (g, c) => g / Math.sqrt(variance[c] + epsilon));
  return {
    scale: Float32Array.from(factor),
    shift: Float32Array.from(factor, (f, c) => offset[c] - mean[c] * f),
  };
}
