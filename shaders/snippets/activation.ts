import { finite } from '../plan/plan';
import code from './activation.wgsl?raw';

interface ActivationRow {
  /** ONNX's names and defaults, at most two. The kernel reads the first as ALPHA, the second as BETA. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Set if ONNX passes the parameters as inputs after x; otherwise they are attributes. */
  readonly areInputs?: true;
  /** The result in WGSL, of `v: vec4f`, ALPHA and BETA. */
  readonly wgsl: string;
}

/**
 * Every activation, by ONNX's name. The type `Activation`, the kernels' text, fusing, shapes, lowering and the fixtures
 * are derived from this table: to add an activation, add a row. Its float64 reference and its test cases are in
 * activation.ref.ts, so that visitors of a page do not download them. TypeScript reports a row without a reference.
 */
export const activations = {
  Relu: {
    parameters: {},
    wgsl: 'max(v, vec4f(0))',
  },
  LeakyRelu: {
    parameters: { alpha: 0.01 },
    wgsl: 'select(v, ALPHA * v, v < vec4f(0))',
  },
  Elu: {
    parameters: { alpha: 1 },
    // select() computes both sides, and exp() of a large number overflows, so min() limits its argument to 0.
    wgsl: 'select(v, ALPHA * (exp(min(v, vec4f(0))) - 1), v < vec4f(0))',
  },
  HardSwish: {
    parameters: {},
    wgsl: 'v * clamp(v / 6 + 0.5, vec4f(0), vec4f(1))',
  },
  Clip: {
    parameters: { min: -Infinity, max: Infinity },
    areInputs: true,
    wgsl: 'min(max(v, vec4f(ALPHA)), vec4f(BETA))',
  },
  Sigmoid: {
    parameters: {},
    // exp(-v) is infinite for v below -88, and some drivers return NaN then.
    wgsl: '1 / (1 + exp(-max(v, vec4f(-87))))',
  },
  Tanh: {
    parameters: {},
    // tanh(100) is NaN on SwiftShader; beyond 10, the nearest f32 is 1.
    wgsl: 'tanh(clamp(v, vec4f(-10), vec4f(10)))',
  },
  HardSigmoid: {
    parameters: { alpha: 0.2, beta: 0.5 },
    wgsl: 'clamp(ALPHA * v + BETA, vec4f(0), vec4f(1))',
  },
  Softplus: {
    parameters: {},
    // ln(1 + exp(v)), without an exp() that overflows.
    wgsl: 'max(v, vec4f(0)) + log1p(exp(-abs(v)))',
  },
  Swish: {
    parameters: { alpha: 1 },
    wgsl: 'v / (1 + exp(-max(ALPHA * v, vec4f(-87))))',
  },
  Gelu: {
    // modernise.ts replaces ONNX's `none` by 0 and `tanh` by 1.
    parameters: { approximate: 0 },
    // v times half of 1 + erf(v / sqrt 2), or of 1 + tanh(sqrt(2 / pi) (v + 0.044715 v^3)), without a difference of
    // numbers that are nearly equal.
    wgsl: 'select(max(v, vec4f(0)) - 0.5 * abs(v) * erfc(0.70710678 * abs(v)), v / (1 + exp(-max(1.59576912 * v * (1 + 0.044715 * v * v), vec4f(-87)))), ALPHA > 0)',
  },
  Mish: {
    parameters: {},
    // v tanh(ln(1 + e)) with e = exp(v) is v / (1 + 2 / (e^2 + 2 e)); the bounds keep all of this finite.
    wgsl: 'v / (1 + 2 / (exp(2 * clamp(v, vec4f(-80), vec4f(40))) + 2 * exp(clamp(v, vec4f(-80), vec4f(40)))))',
  },
} satisfies Readonly<Record<string, ActivationRow>>;

/** The activations' names in ONNX. */
export type ActivationName = keyof typeof activations;

/** An activation by its ONNX name, with its parameters by ONNX's names, such as `{ op: 'Elu', alpha: 1 }`. */
export type Activation = {
  [Name in ActivationName]: { readonly op: Name } & Readonly<(typeof activations)[Name]['parameters']>;
}[ActivationName];

/** The names in the table's order. ACTIVATION is the position of a name, counted from 1. */
export const activationNames = Object.keys(activations) as readonly ActivationName[];

/** The row of an activation. */
export const activationRow = (name: ActivationName): ActivationRow => activations[name];

/** The parameters of an activation in the table's order. */
export function parametersOf({ op, ...values }: Activation): number[] {
  const byName: Readonly<Record<string, number>> = values;
  return Object.keys(activations[op].parameters).map((name) => byName[name]);
}

/** The file with a case for each row of the table. It is placed before every kernel that calls activate(). */
export const activationFile = {
  name: 'activation.wgsl',
  code: code.replace(
    'default:',
    `${activationNames.map((name, i) => `case ${i + 1}: { return ${activations[name].wgsl}; } // ${name}\n    `).join('')}default:`,
  ),
};

/** The override constants of `activation.wgsl`. Without an activation, ACTIVATION is 0. */
export function activationConstants(activation?: Activation): Record<string, number> {
  if (!activation) return { ACTIVATION: 0 };
  const ACTIVATION = activationNames.indexOf(activation.op) + 1;
  const parameters = parametersOf(activation).map((value, i) => [['ALPHA', 'BETA'][i], finite(value)]);
  return { ACTIVATION, ...Object.fromEntries(parameters) };
}
