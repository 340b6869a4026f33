import { BOX_SIZE } from '../boxes/boxes';
import { type Case, EPS, type KernelCases, random } from '../cases/case';
import { FACES_HEAD } from '../faces/faces';
import { type CropsOptions, planCrops } from './crops';
import { crops } from './crops.ref';

const options: CropsOptions = { maxFaces: 16, size: 48, eyesY: 0.4, betweenEyes: 0.365, eyesToMouth: 0.386 };

/** Keypoints: right eye, left eye, nose, mouth. */
function cropsCase(name: string, keypoints: readonly number[][], changes: Partial<CropsOptions> = {}): Case {
  return {
    name,
    build() {
      const o = { ...options, ...changes };
      const faces = random(9, FACES_HEAD + o.maxFaces * BOX_SIZE, 0, 900);
      faces[0] = keypoints.length;
      keypoints.forEach((points, face) => {
        faces.set(points, FACES_HEAD + face * BOX_SIZE + 4);
      });
      return {
        candidates: planCrops(o),
        batch: 1,
        operands: { faces },
        expected: crops(o, faces),
        tolerance: {
          // Offsets are differences of coordinates up to 2000 and sides up to 1500. Rotations are quotients of them.
          abs: 16 * 2000 * EPS,
          rel: 16 * EPS,
          why: 'eight roundings of coordinates to 2000, and a length whose sqrt and quotient take 2.5 ulp each (WGSL)',
        },
        cost: { flop: 60 * keypoints.length, bytes: 4 * keypoints.length * (BOX_SIZE + 8) },
      };
    },
  };
}

const upright = [100, 200, 140, 200, 120, 220, 120, 245];

export const cropsCases: KernelCases = {
  kernel: 'crops',
  cases: [
    cropsCase('upright', [upright]),
    cropsCase('turned every way, near and far', [
      [100, 200, 140, 230, 110, 230, 95, 250],
      [140, 200, 100, 200, 120, 180, 120, 160],
      [1500, 300, 1500, 800, 1300, 500, 1100, 540],
      [10, 12, 14, 11, 12, 13, 12, 16],
    ]),
    cropsCase('from the side: the mouth tells the size', [[120, 200, 124, 201, 110, 220, 122, 262]]),
    cropsCase('eyes in one point, and all in one point', [
      [120, 200, 120, 200, 110, 220, 122, 262],
      [50, 60, 50, 60, 50, 60, 50, 60],
    ]),
    {
      ...cropsCase('as many as there may be', new Array(65).fill(upright), { maxFaces: 65, size: 64 }),
      timed: 'phone',
    },
    cropsCase('no face', []),
  ],
};
