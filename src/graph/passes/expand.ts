/** Nodes that become other nodes once the shapes and types of their inputs are known. */

import { elementTypeOf, floats, type Node, nodeText, numberOf, shapeText } from '../graph';
import type { Expansion, KnownInputs } from '../operators';
import { axisOf } from '../strides';

/** The smallest and the largest number of quantized types, by TensorProto.DataType. */
const RANGES: Readonly<Record<number, readonly [number, number]>> = {
  ...{ 2: [0, 255], 3: [-128, 127], 4: [0, 65535], 5: [-32768, 32767], 21: [0, 15], 22: [-8, 7] },
};

/** Nodes that compute one after the other; the last one has the outputs of `node`. */
function chain(node: Node, steps: readonly { op: string; more?: readonly string[]; to?: number }[]): Node[] {
  let from = node.inputs[0];
  return steps.map(({ op, more = [], to }, i) => {
    const isLast = i === steps.length - 1;
    const output = isLast ? node.outputs[0] : `${node.outputs[0]}/${op}`;
    const inputs = [from, ...more];
    from = output;
    const attributes: Node['attributes'] = to === undefined ? {} : { to };
    return { op, domain: '', name: isLast ? node.name : output, inputs, outputs: [output], attributes };
  });
}

/** Scale and zero point, in a shape that broadcasts with x. @throws if they are not constant or do not fit */
function scales(node: Node, known: KnownInputs): { scale: string; zero?: string } {
  const [x] = known.shapes;
  const [, scale, zero] = known.constants;
  if (numberOf(node, 'block_size', 0))
    throw new Error(`${nodeText(node)}: block_size is only supported for constants`);
  if (scale?.type !== 'float32' || (node.inputs[2] && !zero))
    throw new Error(`${nodeText(node)}: its scale and zero point must be constant`);
  const axis = axisOf(numberOf(node, 'axis', 1), x.length);
  const length = scale.data.length;
  if (length !== 1 && length !== x[axis])
    throw new Error(
      `${nodeText(node)}: has ${length} scales, but axis ${axis} of ${shapeText(x)} has ${x[axis]}`,
    );
  const shape = length === 1 ? [] : [length, ...x.slice(axis + 1).map(() => 1)];
  const numbers = (name: string, data: ArrayLike<number>) =>
    known.add(`${node.outputs[0]}/${name}`, floats(shape, Float32Array.from(data)));
  if (zero && (zero.type === 'string' || zero.data.length !== length))
    throw new Error(`${nodeText(node)}: has ${zero.data.length} zero points for ${length} scales`);
  const isZero = !zero || Array.prototype.every.call(zero.data, (v) => v === 0);
  return {
    scale: numbers('scale', scale.data),
    zero: isZero ? undefined : numbers('zero', zero.data as Float64Array),
  };
}

/** The operators that are replaced, in some cases or always. */
export const expansions: Readonly<Record<string, Expansion>> = {
  /** Where numbers change; otherwise Cast stays and does nothing. */
  Cast(node, { types: [from] }) {
    const to = numberOf(node, 'to', 1);
    const type = elementTypeOf(to);
    if (from === 'label' && ['float', 'integer'].includes(type ?? ''))
      return [{ ...node, domain: 'mien', op: 'LabelNumber' }];
    if (from === 'float' && (to === 6 || to === 7)) return [{ ...node, domain: 'mien', op: 'Truncate' }];
    if (type === 'bool' && (from === 'float' || from === 'integer'))
      return [{ ...node, domain: 'mien', op: 'IsNotZero' }];
    return undefined;
  },
  QuantizeLinear(node, known) {
    const zeroPoint = known.constants[2];
    const type =
      (zeroPoint?.type === 'int64' && zeroPoint.dataType) || numberOf(node, 'output_dtype', 0) || 2;
    const range = RANGES[type];
    if (!range) throw new Error(`${nodeText(node)}: to data type ${type} is not supported`);
    const { scale, zero } = scales(node, known);
    const [low, high] = range.map((bound, i) =>
      known.add(`${node.outputs[0]}/${['low', 'high'][i]}`, floats([], [bound])),
    );
    return chain(node, [
      { op: 'Div', more: [scale] },
      { op: 'Round' },
      ...(zero ? [{ op: 'Add', more: [zero] }] : []),
      { op: 'Clip', more: [low, high] },
    ]);
  },
  DequantizeLinear(node, known) {
    const { scale, zero } = scales(node, known);
    return chain(node, [
      { op: 'Cast', to: 1 },
      ...(zero ? [{ op: 'Sub', more: [zero] }] : []),
      { op: 'Mul', more: [scale] },
    ]);
  },
};
