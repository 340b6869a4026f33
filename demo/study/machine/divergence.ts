/** Experiment 8: the same work with items in turn, and sorted. */

import { kernels } from '../../../study/machine/kernels';
import { measureDivergence, type Orders } from '../../../study/machine/speeds';
import type { Experiment } from './experiment';
import { barsOf, comparedWith, short, whole } from './view';

/** The experiment. */
export const divergence: Experiment = {
  id: 'divergence',
  kernels: [kernels.divergence],
  async run(gpu) {
    const orders = await measureDivergence(gpu);
    const { mixed, sorted } = orders;
    const most = Math.max(mixed.ms, sorted.ms);
    const bar = (label: string, ms: number) => ({ label, share: ms / most, value: `${short(ms)} ms` });
    const bars = [bar('Alternating', mixed.ms), bar('Sorted', sorted.ms)];
    return {
      picture: [barsOf('Time of the same work', ['Items', 'Time'], bars)],
      caption: captionOf(orders),
    };
  },
};

function captionOf({ mixed, sorted, items }: Orders): string {
  const isRight = mixed.isRight && sorted.isRight;
  return [
    `Each run worked on the same ${whole(items)} items.`,
    isRight ? 'Both gave the same results.' : 'The results differ: this GPU or its driver has a fault.',
    `The alternating order took ${comparedWith(mixed.ms, sorted.ms)} the sorted one.`,
    mixed.ms > sorted.ms * 1.1
      ? 'When even and odd items alternate, every subgroup executes the loop. When they are sorted, half of the subgroups skip it.'
      : 'So no cost of divergence shows here.',
  ].join(' ');
}
