import { describe, expect, test } from 'vitest';
import { cropRecord } from '../../shaders/frame/frame';
import { orientationOf, upright } from '../../src/cli/picture-file';
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

describe('EXIF', () => {
  /** A directory of one entry: Orientation. */
  const exif = (orientation: number, little: boolean): Uint8Array => {
    const bytes = new Uint8Array(26);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, little ? 0x4949 : 0x4d4d);
    view.setUint16(2, 42, little);
    view.setUint32(4, 8, little);
    view.setUint16(8, 1, little);
    view.setUint16(10, 0x0112, little);
    view.setUint16(12, 3, little);
    view.setUint32(14, 1, little);
    view.setUint16(18, orientation, little);
    return bytes;
  };

  test('the orientation is found in either byte order, and behind "Exif"', () => {
    expect(orientationOf(exif(6, true))).toBe(6);
    expect(orientationOf(exif(3, false))).toBe(3);
    expect(orientationOf(Uint8Array.from([0x45, 0x78, 0x69, 0x66, 0, 0, ...exif(8, false)]))).toBe(8);
    expect(orientationOf(new Uint8Array(3))).toBe(1);
  });

  // Four pixels a b / c d, and how each orientation stores them (as Pillow's exif_transpose has it).
  const stored: Readonly<Record<number, string>> = {
    1: 'abcd',
    2: 'badc',
    3: 'dcba',
    4: 'cdab',
    5: 'acbd',
    6: 'bdac',
    7: 'dbca',
    8: 'cadb',
  };
  test.each(Object.entries(stored))('%s is undone', (orientation, pixels) => {
    const data = Uint8Array.from([...pixels].flatMap((letter) => [letter.charCodeAt(0), 0, 0, 255]));
    const { data: turned } = upright({ width: 2, height: 2, data }, Number(orientation));
    expect(String.fromCharCode(...[0, 4, 8, 12].map((i) => turned[i]))).toBe('abcd');
  });
});
