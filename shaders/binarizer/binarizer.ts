import { type Candidates, finite, type Kernel, line, onlyPlain } from '../plan/plan';
import code from './binarizer.wgsl?raw';

/** x (B,size) -> y (B,size), 1 where x is above the threshold, else 0. */
export interface BinarizerOptions {
  readonly size: number;
  readonly threshold: number;
}

const kernel: Kernel = { name: 'binarizer', files: [{ name: 'binarizer.wgsl', code }] };

/** Operand x -> y. */
export function planBinarizer({ size, threshold }: BinarizerOptions): Candidates {
  return onlyPlain({
    kernel,
    constants: { SIZE: size, THRESHOLD: finite(threshold) },
    bindings: ['x', 'y'],
    workgroups: [...line(size, 64), 1],
  });
}
