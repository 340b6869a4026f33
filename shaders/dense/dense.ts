import { type Activation, activationConstants, activationFile } from '../activation';
import { type Kernel, type Plan, plain } from '../plan';
import code from './dense.wgsl?raw';

/** x (B,M,I), weight (O,I) or strided, bias (O) -> y (B,M,O). */
export interface DenseOptions {
  readonly B: number;
  readonly M: number;
  readonly I: number;
  readonly O: number;
  /** Of weight: from item to item (0: all share one), from output to output, from input to input. */
  readonly weightStrides: readonly [item: number, output: number, input: number];
  readonly activation?: Activation;
}

const kernel: Kernel = { name: 'dense', files: [{ name: 'dense.wgsl', code }, activationFile] };

/** Operands x, weight, bias -> y. */
export function planDense(o: DenseOptions): Plan[] {
  const [W_B, W_O, W_I] = o.weightStrides;
  return plain({
    kernel,
    constants: { M: o.M, I: o.I, O: o.O, W_B, W_O, W_I, ...activationConstants(o.activation) },
    bindings: ['x', 'weight', 'bias', 'y'],
    workgroups: [o.O, o.M, 1],
  });
}
