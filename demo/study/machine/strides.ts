/** Experiment 7: rates of reading with several strides. */

import { kernels } from '../../../study/machine/kernels';
import { measureStrides, type Strides } from '../../../study/machine/speeds';
import type { Experiment } from './experiment';
import { barsOf, short, whole } from './view';

/** The experiment. */
export const strides: Experiment = {
  id: 'strides',
  kernels: [kernels.strided],
  async run(gpu) {
    const measured = await measureStrides(gpu);
    const most = Math.max(...measured.speeds.map(({ gbs }) => gbs));
    const bars = measured.speeds.map(({ stride, gbs }) => ({
      label: `Stride ${stride}`,
      share: gbs / most,
      value: `${short(gbs)} GB/s`,
    }));
    return {
      picture: [barsOf('Rates of reading', ['Stride', 'Rate'], bars)],
      caption: captionOf(measured),
    };
  },
};

/** Rates that differ by less than this factor are called equal. */
const EQUAL = 1.25;

function captionOf({ speeds, numbers }: Strides): string {
  const slowest = speeds.reduce((a, b) => (b.gbs < a.gbs ? b : a));
  const ratio = speeds[0].gbs / slowest.gbs;
  const finding =
    ratio > EQUAL
      ? `The slowest was stride ${slowest.stride}: stride 1 read ${short(ratio)} times as fast.`
      : 'No stride was clearly slower than stride 1 on this GPU. A GPU that is emulated on a CPU, or a large cache, can be the reason.';
  return [
    `Each kernel read ${whole(numbers)} numbers of four bytes.`,
    speeds.every(({ isRight }) => isRight)
      ? 'All sums are right.'
      : 'A sum is wrong: this GPU or its driver has a fault.',
    finding,
    'A time is the minimum of a few samples.',
  ].join(' ');
}
