import { type Case, EPS, type KernelCases, random } from '../cases/case';
import { GATES, planRecurrent, RECURRENT, type RecurrentOptions } from './recurrent';
import { recurrent } from './recurrent.ref';

const defaults = { reverse: false, linear: false, relu: false };

function recurrentCase(
  name: string,
  size: Omit<RecurrentOptions, keyof typeof defaults> & Partial<RecurrentOptions>,
  timed?: Case['timed'],
): Case {
  const o = { ...defaults, ...size };
  return {
    name: `${o.kind}: ${name}`,
    timed,
    build() {
      const { T, B, D, H } = o;
      const G = GATES[o.kind];
      const most = 1 / Math.sqrt(H);
      const operands = {
        xw: random(1, T * B * D * G * H, -2, 2),
        r: random(2, D * H * G * H, -most, most),
        e: random(3, D * 3 * H),
        h0: random(4, D * B * H),
        c0: random(5, D * B * H),
      };
      const expected = recurrent(o, operands);
      return {
        candidates: planRecurrent(o),
        batch: 1,
        operands,
        expected,
        tolerance: {
          // A gate is a sum of H products, at most (H + 4) roundings of numbers below 2, then an activation: tanh may
          // be wrong by 2^-11 in WGSL where it is exact in practice, so its formula's error, 2^-20, is required here.
          // An error of the state is passed on with a factor of less than 1 on average; that of a cell is added up.
          abs: T * (2 * (H + 4) * EPS + 2 ** -20),
          rel: 8 * EPS,
          why: `${T} steps with ${H} products and an activation each`,
        },
        cost: {
          flop: 2 * T * B * D * G * H * H,
          bytes: 4 * (operands.xw.length + T * B * operands.r.length + expected.length),
        },
      };
    },
  };
}

export const recurrentCases: KernelCases = {
  kernel: 'recurrent',
  cases: [
    ...RECURRENT.flatMap((kind) => [
      recurrentCase('one number', { kind, T: 1, B: 1, D: 1, H: 1 }),
      recurrentCase('reversed', { kind, T: 4, B: 3, D: 1, H: 5, reverse: true }),
      recurrentCase('two directions', { kind, T: 3, B: 2, D: 2, H: 7 }),
      recurrentCase('one above the workgroup', { kind, T: 2, B: 1, D: 1, H: 257 }),
    ]),
    recurrentCase('linear before reset', { kind: 'GRU', T: 3, B: 2, D: 2, H: 6, linear: true }),
    recurrentCase('Relu', { kind: 'RNN', T: 3, B: 2, D: 1, H: 6, relu: true }),
    recurrentCase('a layer: 32 steps of 128', { kind: 'LSTM', T: 32, B: 1, D: 1, H: 128 }, 'phone'),
  ],
};
