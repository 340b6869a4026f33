import { BOX_SIZE } from '../boxes/boxes';
import { type Case, EPS, type KernelCases, random } from '../cases/case';
import { type FacesOptions, planFaces } from './faces';
import { faces } from './faces.ref';

type Head = readonly [x: number, y: number, side: number];

/** `calls` boxes around each head, at scattered places of N; the others are empty. A box farther off scores lower. */
function facesCase(
  name: string,
  heads: readonly Head[],
  calls: number,
  options: Partial<FacesOptions> = {},
  logitOf = (logit: number) => logit,
): Case {
  return {
    name,
    build() {
      const o: FacesOptions = { N: 896, same: 0.3, maxFaces: 16, ...options };
      const boxes = new Float32Array(o.N * BOX_SIZE);
      const noise = random(7, heads.length * calls * 20);
      heads.forEach(([x, y, side], head) => {
        for (let call = 0; call < calls; call++) {
          const number = head * calls + call;
          const own = noise.subarray(number * 20, number * 20 + 20).map((v) => v * side * 0.05);
          const logit = logitOf(4 - (40 * Math.abs(own[0])) / side + own[16] / side);
          const place = (number * 37 + 5) % o.N; // 37 shares no factor with any N here
          const box = Array.from(
            { length: 16 },
            (_, k) => (k === 2 || k === 3 ? side : k % 2 ? y : x) + own[k],
          );
          boxes.set([...box, 1 / (1 + Math.exp(-logit)), logit, 0, 0], place * BOX_SIZE);
        }
      });
      return {
        candidates: planFaces(o),
        batch: 1,
        operands: { boxes },
        expected: faces(o, boxes),
        tolerance: {
          abs: 0,
          rel: 2 * (calls + 4) * EPS,
          why: `means of up to ${calls} positive numbers: as many roundings, and a product and a quotient`,
        },
        cost: { flop: o.N * 20, bytes: o.N * BOX_SIZE * 4 },
      };
    },
  };
}

const grid = (n: number, side: number): Head[] =>
  Array.from({ length: n }, (_, i) => [20 + 160 * (i % 4), 30 + 160 * Math.floor(i / 4), side]);

export const facesCases: KernelCases = {
  kernel: 'faces',
  cases: [
    facesCase('nobody', [], 0),
    facesCase('one face, one box', grid(1, 90), 1),
    { ...facesCase('one face, many boxes', grid(1, 90), 60), timed: 'phone' },
    facesCase(
      'two that touch, one within another',
      [
        [100, 100, 100],
        [185, 105, 100],
        [120, 120, 40],
      ],
      9,
    ),
    facesCase('sixteen', grid(16, 120), 25),
    facesCase('twelve, more than are wanted', grid(12, 120), 9, { maxFaces: 7 }),
    facesCase('equal logits: the first box leads', grid(3, 120), 9, {}, () => 1.5),
    facesCase('one box', grid(1, 50), 1, { N: 1 }),
    facesCase('fewer boxes than lanes', grid(5, 50), 20, { N: 127 }),
    facesCase('one more than lanes, wider overlaps', grid(5, 50), 20, { N: 129, same: 0.6 }),
    facesCase('as many as there may be', grid(9, 90), 400, { N: 4096 }),
  ],
};
