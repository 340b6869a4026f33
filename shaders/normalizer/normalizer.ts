import { type Candidates, type Kernel, onlyPlain } from '../plan/plan';
import code from './normalizer.wgsl?raw';

/** The norms by their ONNX names. The index is the override NORM. */
export const NORMS = ['MAX', 'L1', 'L2'] as const;

/** x, y (B,I). */
export interface NormalizerOptions {
  readonly B: number;
  readonly I: number;
  readonly norm: (typeof NORMS)[number];
}

const kernel: Kernel = { name: 'normalizer', files: [{ name: 'normalizer.wgsl', code }] };

/** Operand x -> y. */
export function planNormalizer(o: NormalizerOptions): Candidates {
  return onlyPlain({
    kernel,
    constants: { I: o.I, NORM: NORMS.indexOf(o.norm) },
    bindings: ['x', 'y'],
    workgroups: [1, 1, 1],
  });
}
