import code from './activation.wgsl?raw';

/** An activation by its ONNX name, with its ONNX attributes (`alpha`, `beta`; Clip: `min`, `max`). */
export type Activation =
  | { readonly op: 'Relu' | 'HardSwish' | 'Sigmoid' | 'Tanh' }
  | { readonly op: 'LeakyRelu' | 'Elu'; readonly alpha: number }
  | { readonly op: 'Clip'; readonly min: number; readonly max: number }
  | { readonly op: 'HardSigmoid'; readonly alpha: number; readonly beta: number };

/** Joined to every kernel that calls `activate()`. */
export const activationFile = { name: 'activation.wgsl', code };

const CODES = ['', 'Relu', 'LeakyRelu', 'Elu', 'HardSwish', 'Clip', 'Sigmoid', 'Tanh', 'HardSigmoid'];

/** WGSL has no literal for infinity, so an open bound is the largest finite f32. */
const LARGEST = 3.4028234663852886e38;
const finite = (v: number): number => Math.min(Math.max(v, -LARGEST), LARGEST);

/** The override constants of `activation.wgsl`. */
export function activationConstants(activation?: Activation): Record<string, number> {
  if (!activation) return { ACTIVATION: 0 };
  const ACTIVATION = CODES.indexOf(activation.op);
  switch (activation.op) {
    case 'LeakyRelu':
    case 'Elu':
      return { ACTIVATION, ALPHA: activation.alpha };
    case 'Clip':
      return { ACTIVATION, ALPHA: finite(activation.min), BETA: finite(activation.max) };
    case 'HardSigmoid':
      return { ACTIVATION, ALPHA: activation.alpha, BETA: activation.beta };
    default:
      return { ACTIVATION };
  }
}
