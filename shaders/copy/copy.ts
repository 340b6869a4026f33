import { type Candidates, finite, type Kernel, line, onlyPlain } from '../plan/plan';
import code from './copy.wgsl?raw';

type Four = readonly [number, number, number, number];

/** How an item is copied; copy.wgsl gives the formula. */
export interface CopyOptions {
  /** Shape of the part of y that is written; it may be all of y. */
  readonly dims: Four;
  /** Distance from item to item of the batch, in numbers. 0: all items share one. */
  readonly xItem: number;
  readonly yItem: number;
  readonly xStrides: Four;
  readonly yStrides: Four;
  /** x is copied for indices from `low` to below `high`; elsewhere y is `fill`. Default: all of `dims`. */
  readonly low?: Four;
  readonly high?: Four;
  /** Subtracted from the index into x. Default: 0. It is below 0 if the part that is copied starts inside x. */
  readonly xOrigin?: number;
  /** Added to the index into y. Default: 0. */
  readonly yOrigin?: number;
  readonly fill?: number;
}

const kernel: Kernel = { name: 'copy', files: [{ name: 'copy.wgsl', code }] };

const named = (name: string, four: Four) =>
  Object.fromEntries(four.map((value, axis) => [name + axis, value]));

/** Operand x -> y, or a part of y. */
export function planCopy(o: CopyOptions): Candidates {
  return onlyPlain({
    kernel,
    constants: {
      ...named('D', o.dims),
      ...named('LOW', o.low ?? [0, 0, 0, 0]),
      ...named('HIGH', o.high ?? o.dims),
      ...named('XS', o.xStrides),
      ...named('YS', o.yStrides),
      XB: o.xItem,
      YB: o.yItem,
      X0: o.xOrigin ?? 0,
      Y0: o.yOrigin ?? 0,
      FILL: finite(o.fill ?? 0),
    },
    bindings: ['x', 'y'],
    workgroups: [...line(o.dims[0] * o.dims[1] * o.dims[2] * o.dims[3], 64), 1],
  });
}
