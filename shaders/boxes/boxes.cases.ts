import { EPS, type KernelCases, random } from '../cases/case';
import { type BoxesOptions, COARSE_ANCHORS, FINE_ANCHORS, planBoxes } from './boxes';
import { boxes } from './boxes.ref';

const ANCHORS = FINE_ANCHORS + COARSE_ANCHORS;

const options: readonly BoxesOptions[] = [
  { size: 128, minScore: 0.5 },
  { size: 256, minScore: 0.9 },
  { size: 128, minScore: 0 },
];

export const boxesCases: KernelCases = {
  kernel: 'boxes',
  cases: options.map((o, i) => ({
    name: `${o.size} x ${o.size}, scores from ${o.minScore}`,
    timed: i ? undefined : 'phone',
    build() {
      const logits = random(1, ANCHORS, -8, 8);
      const offsets = random(2, ANCHORS * 16, -o.size / 4, o.size / 2);
      const crop = Float32Array.of(5, 0.25, 12, 5, -0.25, 5, -96, 0);
      return {
        candidates: planBoxes(o),
        batch: 1,
        operands: {
          fineLogits: logits.slice(0, FINE_ANCHORS),
          coarseLogits: logits.slice(FINE_ANCHORS),
          fineBoxes: offsets.slice(0, FINE_ANCHORS * 16),
          coarseBoxes: offsets.slice(FINE_ANCHORS * 16),
          crop,
        },
        expected: boxes(o, logits, offsets, crop),
        tolerance: {
          // exp(8) in f32 has an error of at most 3 + 2 * 8 ulp (WGSL), and so has the score.
          abs: 8 * 2 * o.size * 5 * EPS,
          rel: 2 * (3 + 2 * 8) * EPS,
          why: 'eight roundings of coordinates to 1.5 sizes, times 5; one exp',
        },
        cost: { flop: ANCHORS * 60, bytes: ANCHORS * (17 + 20) * 4 },
      };
    },
  })),
};
