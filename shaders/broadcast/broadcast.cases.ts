import { type Case, EPS, exact, type KernelCases, random, rounded, type Tolerance } from '../cases/case';
import {
  type BroadcastOptions,
  type CombinationName,
  combinations,
  type Five,
  planBroadcast,
  type Strides,
} from './broadcast';
import { broadcastNumbers } from './broadcast.ref';

type Numbers = (seed: number, length: number) => Float32Array;

const floats: Numbers = (seed, length) => random(seed, length, -2, 2);
const whole: Numbers = (seed, length) => random(seed, length, -9, 9).map(Math.round);
const bools: Numbers = (seed, length) => random(seed, length, 0, 1).map(Math.round);

const NUMBERS: Partial<Record<CombinationName, Numbers>> = {
  ...{ Less: whole, LessOrEqual: whole, Greater: whole, GreaterOrEqual: whole, Equal: whole },
  ...{ And: bools, Or: bools, Xor: bools },
};

function broadcastCase(
  name: string,
  B: number,
  o: BroadcastOptions,
  tolerance: Tolerance = exact,
  given: readonly (Numbers | undefined)[] = [],
): Case {
  return {
    name: `${o.op}: ${name}`,
    build() {
      const reach = (s: Strides) =>
        (B - 1) * s[0] + o.dims.reduce((sum, d, axis) => sum + (d - 1) * s[axis + 1], 0) + 1;
      const [x, z, w] = [o.xStrides, o.zStrides, o.wStrides].map((strides, i) =>
        (given[i] ?? NUMBERS[o.op] ?? floats)(i + 1, reach(strides)),
      );
      const expected = broadcastNumbers(o, B, x, z, w);
      return {
        candidates: planBroadcast(o),
        batch: B,
        operands: { x, z, w },
        expected,
        tolerance,
        cost: { flop: expected.length, bytes: 4 * (x.length + z.length + expected.length) },
      };
    },
  };
}

/** The strides of a dense tensor, without the axes in `repeated`. */
function strides(dims: Five, repeated: readonly number[] = []): Strides {
  const found = [0, 0, 0, 0, 0, 0];
  let step = 1;
  for (let axis = 5; axis >= 0; axis--) {
    if (repeated.includes(axis)) continue;
    found[axis] = step;
    step *= axis ? dims[axis - 1] : 1;
  }
  return found as unknown as Strides;
}

/** A combination of a tensor, one that is repeated along axes 1 and 4, and one that is repeated along the batch. */
const onShape = (op: CombinationName, dims: Five): BroadcastOptions => ({
  ...{ op, dims, xStrides: strides(dims), zStrides: strides(dims, [1, 4]), wStrides: strides(dims, [0, 3]) },
});

const alike = (op: CombinationName, size: number): BroadcastOptions => {
  const dims: Five = [1, 1, 1, 1, size];
  return { op, dims, xStrides: strides(dims), zStrides: strides(dims), wStrides: strides(dims) };
};

const positive: Numbers = (seed, length) => random(seed, length, 0.5, 2);
const exponents: Numbers = (_, length) =>
  Float32Array.from({ length }, (_v, i) => [2, 3, -1, 0, 1, 5, -2][i % 7]);
const large: Numbers = (seed, length) => random(seed, length, -1e6, 1e6);
const divisors: Numbers = (seed, length) => random(seed, length, 0.3, 7).map((v, i) => (i % 2 ? v : -v));
const nonZero: Numbers = (seed, length) => whole(seed, length).map((v) => v || 5);
const of =
  (...values: number[]): Numbers =>
  () =>
    Float32Array.from(values);

const oneSum = rounded(2, 'a sum and a product', 4 * EPS);
// t = v log2(u) is at most 3: log2 has an error of 2^-21 (WGSL), times 3 ln 2; exp2 one of 3 + 2 t ulp.
const throughLog = rounded(2.1 * 8 + 24, 'log2: 2^-21, exp2: 3 + 2|x| ulp (WGSL)');

export const broadcastCases: KernelCases = {
  kernel: 'broadcast',
  cases: [
    ...(Object.keys(combinations) as CombinationName[])
      .filter((op) => !['Pow', 'Mod', 'Fmod'].includes(op))
      .map((op) =>
        broadcastCase(
          'five axes, each repeated somewhere',
          2,
          onShape(op, [3, 2, 5, 1, 7]),
          op === 'Sum' ? oneSum : exact,
          op === 'Where' ? [bools] : [],
        ),
      ),
    broadcastCase('a mean of two', 3, { ...alike('Sum', 65), scale: 0.5 }, oneSum),
    { ...broadcastCase('a layer: 64 at 48x48', 1, alike('Max', 64 * 48 * 48)), timed: 'phone' },
    broadcastCase('one number', 1, alike('Max', 1)),
    broadcastCase('channels filled up', 2, { ...onShape('Min', [1, 1, 3, 2, 8]), used: 5 }),
    broadcastCase(
      'whole exponents of any base',
      2,
      alike('Pow', 63),
      rounded(12, 'at most 5 products and a quotient'),
      [floats, exponents],
    ),
    broadcastCase('any exponents of positive bases', 1, alike('Pow', 67), throughLog, [positive, floats]),
    broadcastCase(
      'roots, and large exponents',
      1,
      alike('Pow', 5),
      rounded(70 * 8, '65 products, or log2 of 1 + 1/32'),
      [of(4, 0, 1.03125, -1.03125, 0), of(0.5, 0.5, 65, 65, 2.5)],
    ),
    broadcastCase('whole numbers of both signs', 2, alike('Mod', 67), exact, [whole, nonZero]),
    broadcastCase('whole numbers of both signs', 2, alike('Fmod', 67), exact, [whole, nonZero]),
    broadcastCase('large quotients', 2, alike('Fmod', 67), exact, [large, divisors]),
  ],
};
