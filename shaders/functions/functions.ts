import { type Candidates, finite, type Kernel, line, onlyPlain } from '../plan/plan';
import { activationFile } from '../snippets/activation';
import code from './functions.wgsl?raw';

interface FunctionRow {
  /** ONNX's names and defaults, at most two. The kernel reads the first as ALPHA, the second as BETA. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** The result in WGSL, of `v: f32`, ALPHA and BETA. */
  readonly wgsl: string;
}

/**
 * Functions of one number that no other kernel applies, by ONNX's name; those that other kernels apply are in the table
 * of activations. TypeScript reports a row without a reference in functions.ref.ts. The rows with the prefix `mien` are
 * not in ONNX: passes replace Cast by them.
 */
export const functions = {
  Abs: { wgsl: 'abs(v)' },
  Neg: { wgsl: '-v' },
  Exp: { wgsl: 'power_of_e(v)' },
  Sqrt: { wgsl: 'sqrt(v)' },
  Reciprocal: { wgsl: '1 / v' },
  Log: { wgsl: 'log(v)' },
  Floor: { wgsl: 'floor(v)' },
  Ceil: { wgsl: 'ceil(v)' },
  Round: { wgsl: 'round(v)' }, // WGSL rounds a half to the even number, as ONNX does
  Sign: { wgsl: 'sign(v)' },
  Erf: { wgsl: 'sign(v) * (1 - erfc(vec4f(abs(v))).x)' },
  Softsign: { wgsl: 'v / (1 + abs(v))' },
  Selu: {
    parameters: { alpha: 1.6732631921768188, gamma: 1.0507010221481323 },
    wgsl: 'BETA * select(v, ALPHA * (exp(clamp(v, -87.0, 0.0)) - 1), v < 0)',
  },
  Celu: {
    parameters: { alpha: 1 },
    wgsl: 'max(v, 0.0) + min(ALPHA * (exp(clamp(v / ALPHA, -87.0, 0.0)) - 1), 0.0)',
  },
  ThresholdedRelu: { parameters: { alpha: 1 }, wgsl: 'select(0.0, v, v > ALPHA)' },
  Sin: { wgsl: 'precise_sin(v)' },
  Cos: { wgsl: 'precise_cos(v)' },
  Tan: { wgsl: 'precise_sin(v) / precise_cos(v)' },
  Asin: { wgsl: 'asin(v)' },
  Acos: { wgsl: 'acos(v)' },
  Atan: { wgsl: 'atan(v)' },
  Sinh: { wgsl: '0.5 * power_of_e(v) - 0.5 * power_of_e(-v)' },
  Cosh: { wgsl: '0.5 * power_of_e(v) + 0.5 * power_of_e(-v)' },
  Asinh: { wgsl: 'sign(v) * log_of_sum(abs(v), v * v + 1)' },
  Acosh: { wgsl: 'log_of_sum(v, (v - 1) * (v + 1))' },
  Atanh: { wgsl: '0.5 * log((1 + v) / (1 - v))' },
  Not: { wgsl: '1 - v' },
  'mien.Truncate': { wgsl: 'trunc(v)' },
  'mien.IsNotZero': { wgsl: 'f32(v != 0)' },
} satisfies Readonly<Record<string, FunctionRow>>;

/** A row of the table of functions. */
export type FunctionName = keyof typeof functions;

/** The names in the table's order. */
export const functionNames = Object.keys(functions) as readonly FunctionName[];

/** The parameters of a function with ONNX's defaults, in the order of ALPHA and BETA. */
export const functionParameters = (op: FunctionName): Readonly<Record<string, number>> =>
  (functions[op] as FunctionRow).parameters ?? {};

/** One function of each number. */
export interface FunctionOptions {
  readonly op: FunctionName;
  /** The values of its parameters, in the table's order. */
  readonly parameters: readonly number[];
  /** Numbers in an item, padding included. */
  readonly size: number;
  /** Channels with a meaning, and channels stored, if channels are last and padded. Default: no padding. */
  readonly channels?: readonly [used: number, stored: number];
}

/** The kernel of a function: the line of apply() in its text is replaced. */
const kernelOf = (op: FunctionName): Kernel => ({
  name: `functions ${op}`,
  files: [
    activationFile,
    {
      name: 'functions.wgsl',
      code: code.replace(/(fn apply.*\n\s*return) v;/, (_, start) => `${start} ${functions[op].wgsl};`),
    },
  ],
});

/** Operand x -> y of the same shape and layout. */
export function planFunction({ op, parameters, size, channels = [1, 1] }: FunctionOptions): Candidates {
  const [ALPHA = 0, BETA = 0] = parameters.map(finite);
  return onlyPlain({
    kernel: kernelOf(op),
    constants: { SIZE: size, C: channels[0], CS: channels[1], ALPHA, BETA },
    bindings: ['x', 'y'],
    workgroups: [...line(size, 64), 1],
  });
}
