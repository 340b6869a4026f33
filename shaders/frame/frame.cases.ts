import { type Case, EPS, type KernelCases, type Picture, random } from '../cases/case';
import { type Affine, cropRecord, type FrameOptions, planFrame } from './frame';
import { frame } from './frame.ref';

const picture = (width: number, height: number): Picture => ({
  width,
  height,
  data: Uint8Array.from(random(1, width * height * 4, 0, 256)),
});

function frameCase(name: string, source: Picture, o: FrameOptions, crops: Affine[]): Case {
  return {
    name,
    build() {
      const records = Float32Array.from(crops.flatMap((crop) => [...cropRecord(crop)]));
      const expected = frame(o, source, records);
      const side = Math.max(source.width, source.height);
      return {
        candidates: planFrame(o),
        batch: crops.length,
        operands: { picture: source, crops: records },
        expected,
        tolerance: {
          // A coordinate of up to `side` has an error of a few EPS side. From one pixel to the next a colour may
          // change from 0 to 1, so the colour has the same error, times SCALE.
          abs: Math.abs(o.scale) * (8 * side + 16) * EPS,
          rel: 0,
          why: 'the coordinate, of a few roundings, times the steepest slope: one a pixel',
        },
        cost: { flop: 30 * expected.length, bytes: 4 * expected.length },
      };
    },
  };
}

const turn = (degrees: number, scale: number, tx: number, ty: number): Affine => {
  const [cos, sin] = [
    Math.cos((degrees * Math.PI) / 180) * scale,
    Math.sin((degrees * Math.PI) / 180) * scale,
  ];
  return { a: cos, b: -sin, tx, c: sin, d: cos, ty };
};

const signed = { scale: 2, offset: -1 };

// With these scales and shifts, no tap is exactly on the edge of the picture, where a rounding would decide its colour.
export const frameCases: KernelCases = {
  kernel: 'frame',
  cases: [
    frameCase('as it is', picture(5, 4), { ...signed, H: 4, W: 5, grey: false, border: 'black' }, [
      turn(0, 1, 0, 0),
    ]),
    frameCase('one pixel', picture(1, 1), { ...signed, H: 1, W: 1, grey: true, border: 'nearest' }, [
      turn(0, 1, 0, 0),
    ]),
    frameCase(
      'letterbox, shrunk',
      picture(33, 20),
      { ...signed, H: 16, W: 16, grey: false, border: 'black' },
      [turn(0, 2.0625, 0, -6.51)],
    ),
    frameCase(
      'faces, grey, turned',
      picture(40, 30),
      { ...signed, H: 9, W: 9, grey: true, border: 'nearest' },
      [turn(17, 1.7, 9.3, 4.1), turn(-40, 0.4, 20.2, 15.7), turn(5, 6.3, -8.1, -9.2)],
    ),
    {
      ...frameCase(
        'a picture of 640 x 480 for a detector of 128 x 128',
        picture(640, 480),
        { ...signed, H: 128, W: 128, grey: false, border: 'black' },
        [turn(0, 5.01, 0.3, -80.3)],
      ),
      timed: 'phone',
    },
    frameCase(
      'levels 0..255',
      picture(12, 9),
      { scale: 255, offset: 0, H: 7, W: 10, grey: true, border: 'nearest' },
      [turn(3, 0.9, 0.3, 0.2)],
    ),
  ],
};
