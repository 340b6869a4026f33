import { describe, expect, test } from 'vitest';
import { cropRecord } from '../../shaders/frame/frame';
import { orientationOf, upright } from '../../src/cli/picture-file';
import { ANCHORS, BOX_SIZE, type Box, decode, overlap, suppress } from '../../src/vision/blazeface';
import { faceCrop, fromLetterbox, letterbox } from '../../src/vision/geometry';

const face = (box: Box, score: number) => ({
  box,
  score,
  keypoints: Array.from({ length: 6 }, () => ({ x: box.x, y: box.y })),
});

describe('BlazeFace', () => {
  test('has 896 anchors, two on each cell of 16 x 16 and six on each of 8 x 8', () => {
    expect(ANCHORS.length).toBe(896);
    expect(ANCHORS[0]).toEqual({ x: 1 / 32, y: 1 / 32 });
    expect(ANCHORS[511]).toEqual({ x: 31 / 32, y: 31 / 32 });
    expect(ANCHORS[512 + 6]).toEqual({ x: 3 / 16, y: 1 / 16 });
  });

  test('offsets are pixels from an anchor', () => {
    const logits = new Float32Array(896).fill(-50);
    const boxes = new Float32Array(896 * BOX_SIZE);
    logits[511] = 2;
    boxes.set([-12.8, 0, 25.6, 12.8, 6.4, -6.4], 511 * BOX_SIZE);
    const [found, ...others] = decode(logits, boxes, 128, 0.5);
    expect(others).toEqual([]);
    expect(found.score).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    expect(found.box.x).toBeCloseTo(31 / 32 - 0.1 - 0.1, 6);
    expect(found.box.width).toBeCloseTo(0.2, 6);
    expect(found.keypoints[0].x).toBeCloseTo(31 / 32 + 0.05, 6);
    expect(found.keypoints[0].y).toBeCloseTo(31 / 32 - 0.05, 6);
  });

  test('numbers that are none give no face', () => {
    const logits = new Float32Array(896).fill(Number.NaN);
    expect(decode(logits, new Float32Array(896 * BOX_SIZE), 128, 0.5)).toEqual([]);
  });

  test('overlap is intersection over union', () => {
    const a = { x: 0, y: 0, width: 2, height: 2 };
    expect(overlap(a, a)).toBe(1);
    expect(overlap(a, { x: 1, y: 0, width: 2, height: 2 })).toBeCloseTo(1 / 3);
    expect(overlap(a, { x: 2, y: 0, width: 2, height: 2 })).toBe(0);
  });

  test('boxes on one face are averaged by their scores, others stay', () => {
    const faces = suppress(
      [
        face({ x: 0, y: 0, width: 1, height: 1 }, 0.9),
        face({ x: 5, y: 5, width: 1, height: 1 }, 0.8),
        face({ x: 0.1, y: 0, width: 1, height: 1 }, 0.6),
      ],
      16,
    );
    expect(faces.length).toBe(2);
    expect(faces[0].score).toBe(0.9);
    expect(faces[0].box.x).toBeCloseTo((0.9 * 0 + 0.6 * 0.1) / 1.5);
    expect(suppress(faces, 1).length).toBe(1);
  });
});

describe('geometry', () => {
  test.each([
    [640, 480],
    [480, 640],
    [128, 128],
    [1, 7],
  ])('a letterbox of %i x %i holds the whole picture', (width, height) => {
    const box = letterbox(width, height, 128);
    const corner = fromLetterbox(box, 128, { x: 0, y: 0 });
    const other = fromLetterbox(box, 128, { x: 1, y: 1 });
    expect(corner.x + other.x).toBeCloseTo(width);
    expect(corner.y + other.y).toBeCloseTo(height);
    expect(Math.max(other.x - corner.x - width, other.y - corner.y - height)).toBeCloseTo(
      Math.abs(width - height),
    );
  });

  test.each([0, 30, -75, 180])(
    'a face turned by %i degrees is cut upright, eyes at 40 %% of the height',
    (degrees) => {
      const turn = (degrees * Math.PI) / 180;
      const at = (x: number, y: number) => ({
        x: 200 + x * Math.cos(turn) - y * Math.sin(turn),
        y: 100 + x * Math.sin(turn) + y * Math.cos(turn),
      });
      const points = [at(-20, 0), at(20, 0), at(0, 20), at(0, 42), at(-40, 0), at(40, 0)];
      const { a, b, tx, c, d, ty } = faceCrop(points, 48);
      const into = (x: number, y: number) => ({ x: a * x + b * y + tx, y: c * x + d * y + ty });
      const eyes = into(24, 48 * 0.4);
      expect(eyes.x).toBeCloseTo(200);
      expect(eyes.y).toBeCloseTo(100);
      // From the eyes down the crop goes towards the mouth.
      const below = into(24, 48 * 0.4 + 10);
      expect(Math.atan2(below.y - eyes.y, below.x - eyes.x)).toBeCloseTo(
        Math.atan2(points[3].y - 100, points[3].x - 200),
      );
    },
  );

  test('a face in one point does not give infinite crops', () => {
    const crop = faceCrop(
      Array.from({ length: 6 }, () => ({ x: 5, y: 5 })),
      48,
    );
    for (const value of Object.values(crop)) expect(Number.isFinite(value)).toBe(true);
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

  test('a face from the side is measured by the way from eyes to mouth', () => {
    const at = (x: number, y: number) => ({ x, y });
    const front = faceCrop([at(-20, 0), at(20, 0), at(0, 20), at(0, 42), at(0, 0), at(0, 0)], 48);
    const side = faceCrop([at(-4, 0), at(4, 0), at(9, 20), at(0, 42), at(0, 0), at(0, 0)], 48);
    expect(Math.hypot(side.a, side.c)).toBeCloseTo(Math.hypot(front.a, front.c), 1);
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
