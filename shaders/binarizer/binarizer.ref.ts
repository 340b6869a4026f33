import type { BinarizerOptions } from './binarizer';

/** x (B,size) -> y (B,size). */
export const binarized = ({ threshold }: BinarizerOptions, x: Float32Array): Float64Array =>
  Float64Array.from(x, (v) => (v > threshold ? 1 : 0));
