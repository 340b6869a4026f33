import { type Candidates, type Kernel, only } from '../plan/plan';
import code from './recurrent.wgsl?raw';

/** The operators by their ONNX names. The index is the override KIND. */
export const RECURRENT = ['RNN', 'GRU', 'LSTM'] as const;

/** The number of gates: groups of H rows in the weights. */
export const GATES = { RNN: 1, GRU: 3, LSTM: 4 } as const;

/** Maximum number of units: the size of the arrays in recurrent.wgsl. */
export const MOST_UNITS = 1024;

/** T steps, B items, D directions, H units; recurrent.wgsl gives the shapes. */
export interface RecurrentOptions {
  readonly T: number;
  readonly B: number;
  readonly D: 1 | 2;
  /** At most MOST_UNITS. */
  readonly H: number;
  readonly kind: (typeof RECURRENT)[number];
  /** Whether the first direction goes back in time. */
  readonly reverse: boolean;
  /** GRU: whether the reset gate is applied after the product. */
  readonly linear: boolean;
  /** RNN: whether Relu replaces tanh. */
  readonly relu: boolean;
}

const kernel: Kernel = { name: 'recurrent', files: [{ name: 'recurrent.wgsl', code }] };

/** Operands xw, r, e, h0, c0 -> y. */
export function planRecurrent(o: RecurrentOptions): Candidates {
  return only({
    kernel,
    constants: {
      ...{ T: o.T, B: o.B, D: o.D, H: o.H, G: GATES[o.kind], KIND: RECURRENT.indexOf(o.kind) },
      ...{ REVERSE: o.reverse ? 1 : 0, LINEAR: o.linear ? 1 : 0, RELU: o.relu ? 1 : 0 },
    },
    bindings: ['xw', 'r', 'e', 'h0', 'c0', 'y'],
    workgroups: [o.B, o.D, 1],
  });
}
