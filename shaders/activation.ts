import code from './activation.wgsl?raw';
import { finite } from './plan';

/** An activation by its ONNX name, with its ONNX attributes (`alpha`, `beta`; Clip: `min`, `max`). */
export type Activation =
  | { readonly op: 'Relu' | 'HardSwish' | 'Sigmoid' | 'Tanh' }
  | { readonly op: 'LeakyRelu' | 'Elu'; readonly alpha: number }
  | { readonly op: 'Clip'; readonly min: number; readonly max: number }
  | { readonly op: 'HardSigmoid'; readonly alpha: number; readonly beta: number };

/** Joined to every kernel that calls `activate()`. */
export const activationFile = { name: 'activation.wgsl', code };

const CODES = ['', 'Relu', 'LeakyRelu', 'Elu', 'HardSwish', 'Clip', 'Sigmoid', 'Tanh', 'HardSigmoid'];

/** The override constants of `activation.wgsl`. */
export function activationConstants(activation?: Activation): Record<string, number> {
  if (!activation) return { ACTIVATION: 0 };
  const ACTIVATION = CODES.indexOf(activation.op);
  switch (activation.op) {
    case 'LeakyRelu':
    case 'Elu':
      return { ACTIVATION, ALPHA: finite(activation.alpha) };
    case 'Clip':
      return { ACTIVATION, ALPHA: finite(activation.min), BETA: finite(activation.max) };
    case 'HardSigmoid':
      return { ACTIVATION, ALPHA: finite(activation.alpha), BETA: finite(activation.beta) };
    default:
      return { ACTIVATION };
  }
}
