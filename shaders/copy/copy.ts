import { type Candidates, finite, type Kernel, line, onlyPlain } from '../plan/plan';
import code from './copy.wgsl?raw';

type Four = readonly [number, number, number, number];

/** An item's copy; see copy.wgsl for the formula. */
export interface CopyOptions {
  /** The axes that are walked: a part of y, or all of it. */
  readonly dims: Four;
  /** From item to item of the batch, in numbers. 0: all items share one. */
  readonly xItem: number;
  readonly yItem: number;
  readonly xStrides: Four;
  readonly yStrides: Four;
  /** Where of `dims` x has something to give; elsewhere y gets `fill`. */
  readonly low?: Four;
  readonly high?: Four;
  /** Taken from x's index, which begins at `low`; below 0 where x begins before y. */
  readonly xOrigin?: number;
  /** Added to y's index. */
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
