import { describe, expect, test } from 'vitest';
import { cropRecord } from '../../shaders/frame/frame';
import { letterbox } from '../../src/vision/geometry';

describe('geometry', () => {
  test.each([
    [640, 480],
    [480, 640],
    [128, 128],
    [1, 7],
  ])('a letterbox of %i x %i holds the whole picture', (width, height) => {
    const box = letterbox(width, height, 128);
    const corner = { x: box.tx, y: box.ty };
    const other = { x: box.a * 128 + box.tx, y: box.d * 128 + box.ty };
    expect(corner.x + other.x).toBeCloseTo(width);
    expect(corner.y + other.y).toBeCloseTo(height);
    expect(Math.max(other.x - corner.x - width, other.y - corner.y - height)).toBeCloseTo(
      Math.abs(width - height),
    );
  });
});

describe('crops', () => {
  const taps = (a: number, d: number) => cropRecord({ a, b: 0, tx: 0, c: 0, d, ty: 0 })[3];

  test('a pixel is the mean of as many taps as it covers pixels, along its longer side', () => {
    expect([taps(0.5, 0.5), taps(1, 1), taps(1.1, 1), taps(3, 7.5)]).toEqual([1, 1, 2, 8]);
  });

  test('but of no more than 16', () => {
    expect(taps(40, 2)).toBe(16);
  });
});
