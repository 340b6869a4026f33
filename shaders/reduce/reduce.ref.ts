import type { ReduceOptions, Reduction } from './reduce';

const sum = (x: readonly number[], of = (v: number) => v): number => x.reduce((total, v) => total + of(v), 0);
const square = (v: number) => v * v;

const reductions: Readonly<Record<Reduction, (x: readonly number[]) => number>> = {
  ReduceSum: (x) => sum(x),
  ReduceMean: (x) => sum(x) / x.length,
  ReduceMax: (x) => Math.max(...x),
  ReduceMin: (x) => Math.min(...x),
  ReduceProd: (x) => x.reduce((product, v) => product * v, 1),
  ReduceL1: (x) => sum(x, Math.abs),
  ReduceL2: (x) => Math.sqrt(sum(x, square)),
  ReduceSumSquare: (x) => sum(x, square),
  ReduceLogSum: (x) => Math.log(sum(x)),
  ReduceLogSumExp: (x) => Math.log(sum(x, Math.exp)),
};

/** x (B,outer,N,inner) -> y (B,outer,inner). */
export function reduce(o: ReduceOptions, x: Float32Array): Float64Array {
  const y = new Float64Array(o.B * o.outer * o.inner);
  for (let row = 0; row < o.B * o.outer; row++)
    for (let i = 0; i < o.inner; i++) {
      const numbers = Array.from({ length: o.N }, (_, n) => x[(row * o.N + n) * o.inner + i]);
      y[row * o.inner + i] = reductions[o.kind](numbers);
    }
  return y;
}
