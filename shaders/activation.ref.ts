import type { Activation } from './activation';

/** The same functions in float64. */
export function activate(v: number, activation?: Activation): number {
  switch (activation?.op) {
    case 'Relu':
      return Math.max(v, 0);
    case 'LeakyRelu':
      return v < 0 ? activation.alpha * v : v;
    case 'Elu':
      return v < 0 ? activation.alpha * Math.expm1(v) : v;
    case 'HardSwish':
      return v * Math.min(Math.max(v / 6 + 0.5, 0), 1);
    case 'Clip':
      return Math.min(Math.max(v, activation.min), activation.max);
    case 'Sigmoid':
      return 1 / (1 + Math.exp(-v));
    case 'Tanh':
      return Math.tanh(v);
    case 'HardSigmoid':
      return Math.min(Math.max(activation.alpha * v + activation.beta, 0), 1);
    default:
      return v;
  }
}
