import { GATES, type RecurrentOptions } from './recurrent';

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

/** The operands of recurrent.wgsl, by name. */
export type RecurrentOperands = Readonly<Record<'xw' | 'r' | 'e' | 'h0' | 'c0', Float32Array>>;

/** The operands -> y: all states (T,D,B,H), the last state (D,B,H) and the last cell (D,B,H). */
export function recurrent(o: RecurrentOptions, operands: RecurrentOperands): Float64Array {
  const { T, B, D, H } = o;
  const y = new Float64Array((T + 2) * D * B * H);
  for (let d = 0; d < D; d++)
    for (let b = 0; b < B; b++) {
      const own = (d * B + b) * H;
      let h = Array.from(operands.h0.subarray(own, own + H));
      let c = Array.from(operands.c0.subarray(own, own + H));
      for (let step = 0; step < T; step++) {
        const t = d === 1 || o.reverse ? T - 1 - step : step;
        [h, c] = next(o, operands, d, (t * B + b) * D + d, h, c);
        y.set(h, ((t * D + d) * B + b) * H);
      }
      y.set(h, T * D * B * H + own);
      if (o.kind === 'LSTM') y.set(c, (T + 1) * D * B * H + own);
    }
  return y;
}

/** The state and the cell after a step. `row` counts the rows of xw, of G x H numbers each. */
function next(
  o: RecurrentOptions,
  { xw, r, e }: RecurrentOperands,
  d: number,
  row: number,
  h: readonly number[],
  c: readonly number[],
): [number[], number[]] {
  const { H } = o;
  const G = GATES[o.kind];
  const product = (gate: number, j: number, v = h): number =>
    v.reduce((sum, vk, k) => sum + r[((d * H + k) * G + gate) * H + j] * vk, 0);
  const given = (gate: number, j: number): number => xw[(row * G + gate) * H + j];
  const gate = (g: number, j: number): number => given(g, j) + product(g, j);
  const units = Array.from({ length: H }, (_, j) => j);
  if (o.kind === 'RNN')
    return [units.map((j) => (o.relu ? Math.max(gate(0, j), 0) : Math.tanh(gate(0, j)))), [...c]];
  if (o.kind === 'LSTM') {
    const peephole = (g: number, j: number) => e[(d * 3 + g) * H + j];
    const cell = units.map(
      (j) =>
        sigmoid(gate(2, j) + peephole(2, j) * c[j]) * c[j] +
        sigmoid(gate(0, j) + peephole(0, j) * c[j]) * Math.tanh(gate(3, j)),
    );
    return [units.map((j) => sigmoid(gate(1, j) + peephole(1, j) * cell[j]) * Math.tanh(cell[j])), cell];
  }
  const z = units.map((j) => sigmoid(gate(0, j)));
  const reset = units.map((j) => sigmoid(gate(1, j)));
  const kept = units.map((j) => reset[j] * h[j]);
  const n = units.map((j) =>
    Math.tanh(given(2, j) + (o.linear ? reset[j] * (product(2, j) + e[d * H + j]) : product(2, j, kept))),
  );
  return [units.map((j) => (1 - z[j]) * n[j] + z[j] * h[j]), [...c]];
}
