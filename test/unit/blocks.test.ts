import { expect, test } from 'vitest';
import { areHalves, packHalves } from '../../shaders/snippets/blocks';

/** Decodes a float16 of IEEE 754: 5 bits of exponent, 10 bits of mantissa. */
function half(bits: number): number {
  const [sign, exponent, mantissa] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

const all = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits).filter(
  (bits) => ((bits >> 10) & 31) < 31,
);

test('every finite half is known, and keeps its bits', () => {
  const numbers = Float32Array.from(all, half);
  expect(areHalves(numbers)).toBe(true);
  expect(new Uint16Array(packHalves(numbers).buffer)).toEqual(all);
});

test.each([1 + 2 ** -11, 65536, 2 ** -25, 1.5 * 2 ** -24, 0.1, Number.NaN, Infinity])('%s is none', (v) => {
  expect(areHalves(Float32Array.of(0.5, v))).toBe(false);
});
