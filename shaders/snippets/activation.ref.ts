import { type Activation, activations, parametersOf } from './activation';

/** The activation of v in float64; v itself where there is none. */
export function activate(v: number, activation?: Activation): number {
  if (!activation) return v;
  const [alpha, beta] = parametersOf(activation);
  const { reference }: { reference(v: number, alpha: number, beta: number): number } =
    activations[activation.op];
  return reference(v, alpha, beta);
}
