import { type Candidates, type Kernel, line, onlyPlain } from '../plan/plan';
import code from './normalize.wgsl?raw';

/** What a group is divided by. The index is the override KIND. */
export const SCALES = ['deviation', 'rms', 'L1', 'L2'] as const;

/** x, y (B,outer,N,inner); scale, bias (count). The N numbers along one axis are a group. */
export interface NormalizeOptions {
  readonly B: number;
  readonly outer: number;
  readonly N: number;
  readonly inner: number;
  readonly kind: (typeof SCALES)[number];
  /** Added to the variance, or to the mean of squares. */
  readonly epsilon: number;
  /** How many neighbouring numbers of an item have the same scale and bias. */
  readonly repeat: number;
  /** How many numbers scale and bias have. After the last one, the first one is used again. */
  readonly count: number;
}

const kernel: Kernel = { name: 'normalize', files: [{ name: 'normalize.wgsl', code }] };

/** Operands x, scale, bias -> y. */
export function planNormalize(o: NormalizeOptions): Candidates {
  return onlyPlain({
    kernel,
    constants: {
      ...{ OUTER: o.outer, N: o.N, INNER: o.inner, KIND: SCALES.indexOf(o.kind) },
      ...{ EPSILON: o.epsilon, REPEAT: o.repeat, COUNT: o.count },
    },
    bindings: ['x', 'scale', 'bias', 'y'],
    workgroups: [...line(o.outer * o.inner, 1), 1],
  });
}
