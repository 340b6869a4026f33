import { type Node, numberOf, shapeText, textOf } from '../graph';
import { broadcast } from '../strides';
import { fail, moved, numbers, type Operator, type Shape } from './operator';

/** Returns the attribute blocksize. @throws if it is no whole number of at least 1, or if x is no picture */
function blockOf(node: Node, x: Shape): number {
  const block = numberOf(node, 'blocksize', 0);
  if (x.length !== 4) fail(node, `needs (B,C,H,W), but x is ${shapeText(x)}`);
  return Number.isInteger(block) && block >= 1 ? block : fail(node, `blocksize is ${block}`);
}

const checkMode = (node: Node): void => {
  const mode = textOf(node, 'mode', 'DCR');
  if (!['DCR', 'CRD'].includes(mode)) fail(node, `mode ${mode} is not supported, DCR and CRD are`);
};

/** Operators that repeat numbers, or exchange channels for pixels. */
export const spread = {
  Expand: {
    ...moved,
    infer(node, [x], constants) {
      const shape = numbers(node, constants[1], 'shape');
      const y = broadcast(x, shape);
      return [y ?? fail(node, `${shapeText(x)} can't be expanded to ${shapeText(shape)}`)];
    },
  },
  Tile: {
    ...moved,
    infer(node, [x], constants) {
      const repeats = numbers(node, constants[1], 'repeats');
      if (repeats.length !== x.length)
        fail(node, `has ${repeats.length} repeats for the axes of ${shapeText(x)}`);
      return [x.map((d, axis) => d * repeats[axis])];
    },
  },
  DepthToSpace: {
    ...moved,
    check: checkMode,
    infer(node, [x]) {
      const block = blockOf(node, x);
      const [B, C, H, W] = x;
      if (C % block ** 2) fail(node, `${C} channels can't become blocks of ${block}x${block} pixels`);
      return [[B, C / block ** 2, H * block, W * block]];
    },
  },
  SpaceToDepth: {
    ...moved,
    check: checkMode,
    infer(node, [x]) {
      const block = blockOf(node, x);
      const [B, C, H, W] = x;
      if (H % block || W % block)
        fail(node, `${shapeText(x)} can't be cut into blocks of ${block}x${block} pixels`);
      return [[B, C * block ** 2, H / block, W / block]];
    },
  },
} satisfies Readonly<Record<string, Operator>>;
