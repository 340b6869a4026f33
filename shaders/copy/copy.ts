import { type Candidates, finite, type Kernel, line, onlyPlain } from '../plan/plan';
import { repeat } from '../plan/repeat';
import code from './copy.wgsl?raw';
import manyCode from './copy-many.wgsl?raw';

/** How an item is copied; copy.wgsl gives the formula. Each list has a number for each axis, the outermost first. */
export interface CopyOptions {
  /** Shape of the part of y that is written; it may be all of y. At most eight axes. */
  readonly dims: readonly number[];
  /** Distance from item to item of the batch, in numbers. 0: all items share one. */
  readonly xItem: number;
  readonly yItem: number;
  /** Distances along the axes, in numbers. 0: the axis repeats x. Below 0: it reads x backwards. */
  readonly xStrides: readonly number[];
  readonly yStrides: readonly number[];
  /** x is copied for indices from `low` to below `high`; elsewhere y is `fill`. Default: all of `dims`. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** Subtracted from the index into x. Default: 0. It is below 0 if the part that is copied starts inside x. */
  readonly xOrigin?: number;
  /** Added to the index into y. Default: 0. */
  readonly yOrigin?: number;
  readonly fill?: number;
}

/** Maximum number of axes. */
export const MOST_AXES = 8;

const kernel: Kernel = { name: 'copy', files: [{ name: 'copy.wgsl', code }] };
const many: Kernel = {
  name: 'copy-many',
  files: [{ name: 'copy-many.wgsl', code: repeat(manyCode, MOST_AXES) }],
};

/** Operand x -> y, or a part of y. @throws if there are more than eight axes */
export function planCopy(o: CopyOptions): Candidates {
  const axes = o.dims.length;
  if (axes > MOST_AXES) throw new Error(`rearranges ${axes} axes; at most ${MOST_AXES} are supported`);
  const count = axes <= 4 ? 4 : MOST_AXES;
  const size = o.dims.reduce((product, d) => product * d, 1);
  /** The first of four axes is the outermost; the first of eight is the innermost, which is split off first. */
  const named = (name: string, values: readonly number[], otherwise: number) => {
    const filled = [...new Array<number>(count - axes).fill(otherwise), ...values];
    return Object.fromEntries(filled.map((v, at) => [name + (count === 4 ? at : count - 1 - at), v]));
  };
  return onlyPlain({
    kernel: count === 4 ? kernel : many,
    constants: {
      ...named('D', o.dims, 1),
      ...named('LOW', o.low ?? o.dims.map(() => 0), 0),
      ...named('HIGH', o.high ?? o.dims, 1),
      ...named('XS', o.xStrides, 0),
      ...named('YS', o.yStrides, 0),
      XB: o.xItem,
      YB: o.yItem,
      X0: o.xOrigin ?? 0,
      Y0: o.yOrigin ?? 0,
      FILL: finite(o.fill ?? 0),
      ...(count > 4 && { SIZE: size }),
    },
    bindings: ['x', 'y'],
    workgroups: [...line(size, 64), 1],
  });
}
