import { type Candidates, type Kernel, LONGEST_SUM, line, type Plan, plainPlan } from '../plan/plan';
import code from './reduce.wgsl?raw';
import lanesCode from './reduce-lanes.wgsl?raw';
import reduction from './reduction.wgsl?raw';

/** The reductions by their ONNX names. The index is the override KIND. */
export const REDUCTIONS = [
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'ReduceL1',
  'ReduceL2',
  'ReduceSumSquare',
  'ReduceLogSum',
  'ReduceLogSumExp',
] as const;

/** The name of a reduction. */
export type Reduction = (typeof REDUCTIONS)[number];

/** x (B,outer,N,inner) -> y (B,outer,inner). */
export interface ReduceOptions {
  readonly B: number;
  readonly outer: number;
  readonly N: number;
  readonly inner: number;
  readonly kind: Reduction;
}

const reductionFile = { name: 'reduction.wgsl', code: reduction };
const kernel: Kernel = { name: 'reduce', files: [reductionFile, { name: 'reduce.wgsl', code }] };
const lanesKernel: Kernel = {
  name: 'reduce-lanes',
  files: [reductionFile, { name: 'reduce-lanes.wgsl', code: lanesCode }],
};

/** Operand x -> y. */
export function planReduce(o: ReduceOptions): Candidates {
  const constants = { OUTER: o.outer, N: o.N, INNER: o.inner, KIND: REDUCTIONS.indexOf(o.kind) };
  const bindings = ['x', 'y'];
  const results = o.outer * o.inner;
  const start = plainPlan({ kernel, constants, bindings, workgroups: [...line(results, 64), 1] });
  const lanes: Plan = {
    ...plainPlan({ kernel: lanesKernel, constants, bindings, workgroups: [...line(results, 1), 1] }),
    variant: 'lanes',
  };
  if (o.N > LONGEST_SUM) return { start: lanes, ranked: [lanes] };
  // The reduction at the end is only worth its time if each lane has several numbers.
  return { start, ranked: o.N > 256 ? [lanes, start] : [start, lanes] };
}
