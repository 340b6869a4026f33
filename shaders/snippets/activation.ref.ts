import { EPS, exact, rounded, type Tolerance } from '../cases/case';
import type { Activation, ActivationName, activations } from './activation';

type Parameters<Name extends ActivationName> = (typeof activations)[Name]['parameters'];

interface Twin<Name extends ActivationName> {
  /** The activation of v in float64. */
  reference(v: number, parameters: Parameters<Name>): number;
  /** Parameters to test it with, each with the tolerance for the kernel. */
  readonly cases: readonly (readonly [Parameters<Name>, Tolerance])[];
}

// WGSL allows exp an error of 3 + 2|x| ulp; for x in -4..0 that is at most 11 ulp of a number below 1.
const throughExp: Tolerance = {
  abs: 24 * EPS,
  rel: 8 * EPS,
  why: 'exp: 3 + 2|x| ulp (WGSL), and a division',
};
// WGSL allows tanh an absolute error of 1e-5, or the error of sinh/cosh, which both have the error of exp.
const throughTanh: Tolerance = { abs: 1e-5, rel: 0, why: "tanh: WGSL's bound" };
// WGSL allows log an absolute error of 2^-21 for 0.5 .. 2, and 1 + exp(-|v|) is in 1 .. 2.
const throughLog: Tolerance = {
  abs: 2 ** -21 + 8 * EPS,
  rel: 2 * EPS,
  why: "log: WGSL's bound, an exp and a sum",
};

// For numbers in -4..4 (with alpha up to 1.25) exp has an argument of at most 5, and so an error of at most 13 ulp.
const throughSwish: Tolerance = {
  abs: 8 * EPS,
  rel: 40 * EPS,
  why: 'exp: 3 + 2|x| ulp (WGSL), a rounded argument, a sum and a quotient',
};
// The formula of erfc has an error of 1.5e-7, and v / 2 is at most 2 where it counts. In f32 its polynomial, whose
// coefficients have a sum of 4.5, has an error of at most 32 EPS, and |v| / 2 times exp(-v^2 / 2) is below 0.31.
const throughErfc: Tolerance = { abs: 3e-7 + 16 * EPS, rel: 4 * EPS, why: 'the formula of erfc, in f32' };

/** The error function. All terms of this series are positive; beyond 6 the result is 1 in float64. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [sum, term] = [0, x];
  for (let n = 1; n < 200; n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const gelu = (v: number, approximate: number): number =>
  approximate
    ? 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)))
    : 0.5 * v * (1 + erf(v / Math.SQRT2));

const clip = (v: number, min: number, max: number) => Math.min(Math.max(v, min), max);

/** The reference and the test cases for each row of the table of activations. */
export const activationTwins: { readonly [Name in ActivationName]: Twin<Name> } = {
  Relu: { reference: (v) => Math.max(v, 0), cases: [[{}, exact]] },
  LeakyRelu: {
    reference: (v, { alpha }) => (v < 0 ? alpha * v : v),
    cases: [[{ alpha: 0.1 }, rounded(2, 'a product, and alpha in f32')]],
  },
  Elu: {
    reference: (v, { alpha }) => (v < 0 ? alpha * Math.expm1(v) : v),
    cases: [[{ alpha: 0.7 }, throughExp]],
  },
  HardSwish: {
    reference: (v) => v * clip(v / 6 + 0.5, 0, 1),
    cases: [[{}, rounded(8, 'a quotient, a sum and a product', 8 * EPS)]],
  },
  Clip: {
    reference: (v, { min, max }) => clip(v, min, max),
    cases: [
      [{ min: -0.5, max: 0.75 }, exact],
      [{ min: 0, max: Infinity }, exact],
    ],
  },
  Sigmoid: { reference: (v) => 1 / (1 + Math.exp(-v)), cases: [[{}, throughExp]] },
  Tanh: { reference: (v) => Math.tanh(v), cases: [[{}, throughTanh]] },
  HardSigmoid: {
    reference: (v, { alpha, beta }) => clip(alpha * v + beta, 0, 1),
    cases: [[{ alpha: 0.25, beta: 0.5 }, rounded(2, 'a product and a sum', 2 * EPS)]],
  },
  Softplus: {
    reference: (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))),
    cases: [[{}, throughLog]],
  },
  Swish: {
    reference: (v, { alpha }) => v / (1 + Math.exp(-alpha * v)),
    cases: [
      [{ alpha: 1 }, throughSwish],
      [{ alpha: -1.25 }, throughSwish],
    ],
  },
  Gelu: {
    reference: (v, { approximate }) => gelu(v, approximate),
    cases: [
      [{ approximate: 0 }, throughErfc],
      // The argument of exp is at most 11 for |v| of at most 4: 25 ulp of a number whose effect falls with exp(-11).
      [{ approximate: 1 }, { ...throughSwish, rel: 64 * EPS }],
    ],
  },
  Mish: {
    reference: (v) => v * Math.tanh(Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))),
    // The argument of the larger exp is at most 8: 19 ulp.
    cases: [[{}, { ...throughSwish, rel: 56 * EPS }]],
  },
};

/** The activation of v in float64; v itself if there is no activation. */
export function activate(v: number, activation?: Activation): number {
  if (!activation) return v;
  const { op, ...parameters } = activation;
  const twin = activationTwins[op] as { reference(v: number, parameters: object): number };
  return twin.reference(v, parameters);
}
