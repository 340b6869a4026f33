import { type Candidates, type Kernel, line, onlyPlain } from '../plan/plan';
import { type Activation, activationConstants, activationFile } from '../snippets/activation';
import affineCode from './affine.wgsl?raw';
import binaryCode from './binary.wgsl?raw';
import unaryCode from './unary.wgsl?raw';

const kernel = (name: string, code: string): Kernel => ({
  name,
  files: [activationFile, { name: `${name}.wgsl`, code }],
});
const unary = kernel('unary', unaryCode);
const binary = kernel('binary', binaryCode);
const affine = kernel('affine', affineCode);

/** An activation alone, for `size` numbers in each item. Operand x -> y. */
export function planUnary(o: { size: number; activation: Activation }): Candidates {
  return onlyPlain({
    kernel: unary,
    constants: { SIZE: o.size, ...activationConstants(o.activation) },
    bindings: ['x', 'y'],
    workgroups: [...line(o.size, 64), 1],
  });
}

/** The operators by their ONNX names. The index is the override OP. */
export const BINARY_OPERATORS = ['Add', 'Sub', 'Mul', 'Div', 'PRelu'] as const;

/** x, z, read by their strides -> y (B,D0,D1,D2). */
export interface BinaryOptions {
  readonly op: (typeof BINARY_OPERATORS)[number];
  /** Shape of an item of y. */
  readonly dims: readonly [number, number, number];
  /** How many numbers of the last axis have a meaning; the rest is padding of channels. Default: all. */
  readonly used?: number;
  /** Strides of x and z: batch, then the three axes; 0 along a repeated axis. */
  readonly xStrides: readonly [number, number, number, number];
  readonly zStrides: readonly [number, number, number, number];
  readonly activation?: Activation;
}

/** Operands x, z -> y. */
export function planBinary(o: BinaryOptions): Candidates {
  const [D0, D1, D2] = o.dims;
  const [X_B, X0, X1, X2] = o.xStrides;
  const [Z_B, Z0, Z1, Z2] = o.zStrides;
  return onlyPlain({
    kernel: binary,
    constants: {
      ...{
        OP: BINARY_OPERATORS.indexOf(o.op),
        D0,
        D1,
        D2,
        USED: o.used ?? D2,
        X_B,
        X0,
        X1,
        X2,
        Z_B,
        Z0,
        Z1,
        Z2,
      },
      ...activationConstants(o.activation),
    },
    bindings: ['x', 'z', 'y'],
    workgroups: [...line(D0 * D1 * D2, 64), 1],
  });
}

/** x, scale (C), shift (C) -> y of the same shape as x. */
export interface AffineOptions {
  readonly C: number;
  /** Numbers in an item, padding included. */
  readonly size: number;
  /** Distance between two channels of a pixel: 1 if channels are last, H W if they are first. */
  readonly inner: number;
  /** Channels, padding included. */
  readonly channelsStored: number;
  readonly activation?: Activation;
}

/** Operands x, scale (C), shift (C) -> y. */
export function planAffine(o: AffineOptions): Candidates {
  return onlyPlain({
    kernel: affine,
    constants: {
      ...{ C: o.C, SIZE: o.size, INNER: o.inner, CS: o.channelsStored },
      ...activationConstants(o.activation),
    },
    bindings: ['x', 'scale', 'shift', 'y'],
    workgroups: [...line(o.size, 64), 1],
  });
}
