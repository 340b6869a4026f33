import { type Candidates, type Kernel, line, onlyPlain } from '../plan/plan';
import code from './broadcast.wgsl?raw';

/**
 * What the kernel computes of u, v and w: a number of each operand. The names are ONNX's. In ONNX, Fmod is Mod with
 * fmod = 1, Mean is Sum with the factor 1 / n, and the first operand of Where is the condition. Bools are 0 and 1.
 */
export const combinations = {
  Pow: 'power(u, v)',
  Max: 'max(u, v)',
  Min: 'min(u, v)',
  Sum: '(u + v) * SCALE',
  Mod: 'modulo(u, v)',
  Fmod: 'remainder(u, v)',
  Less: 'f32(u < v)',
  LessOrEqual: 'f32(u <= v)',
  Greater: 'f32(u > v)',
  GreaterOrEqual: 'f32(u >= v)',
  Equal: 'f32(u == v)',
  And: 'u * v',
  Or: 'max(u, v)',
  Xor: 'abs(u - v)',
  Where: 'select(w, v, u != 0)',
} as const;

/** A row of the table of combinations. */
export type CombinationName = keyof typeof combinations;

/** A number for each of the five axes of an item. */
export type Five = readonly [number, number, number, number, number];

/** Strides of an operand: batch, then five axes; 0 along a repeated axis. */
export type Strides = readonly [batch: number, ...axes: Five];

/** x, z and w, read by their strides -> y (B,D0,D1,D2,D3,D4). */
export interface BroadcastOptions {
  readonly op: CombinationName;
  /** Shape of an item of y. */
  readonly dims: Five;
  /** How many numbers of the last axis have a meaning; the rest is padding of channels. Default: all. */
  readonly used?: number;
  readonly xStrides: Strides;
  readonly zStrides: Strides;
  /** Only Where reads w; the others get z a second time. */
  readonly wStrides: Strides;
  /** Factor of Sum. Default: 1. */
  readonly scale?: number;
}

/** The kernel of a combination: the line of apply() in its text is replaced. */
const kernelOf = (op: CombinationName): Kernel => ({
  name: `broadcast ${op}`,
  files: [
    {
      name: 'broadcast.wgsl',
      code: code.replace(/(fn apply.*\n\s*return) u;/, (_, start) => `${start} ${combinations[op]};`),
    },
  ],
});

const named = (prefix: string, [batch, ...axes]: Strides): Record<string, number> =>
  Object.fromEntries([[`${prefix}_B`, batch], ...axes.map((stride, i) => [`${prefix}${i}`, stride])]);

/** Operands x, z, w -> y. */
export function planBroadcast(o: BroadcastOptions): Candidates {
  const size = o.dims.reduce((product, d) => product * d, 1);
  return onlyPlain({
    kernel: kernelOf(o.op),
    constants: {
      ...Object.fromEntries(o.dims.map((d, i) => [`D${i}`, d])),
      USED: o.used ?? o.dims[4],
      ...named('X', o.xStrides),
      ...named('Z', o.zStrides),
      ...named('W', o.wStrides),
      SCALE: o.scale ?? 1,
    },
    bindings: ['x', 'z', 'w', 'y'],
    workgroups: [...line(size, 64), 1],
  });
}
