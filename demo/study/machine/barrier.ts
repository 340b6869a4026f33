/** Experiment 6: numbers reversed through workgroup memory, without and with a barrier. */

import { kernels } from '../../../study/machine/kernels';
import { REVERSED, type Reversed, reverse, reversedAt } from '../../../study/machine/together';
import { html } from '../../elements';
import type { Experiment } from './experiment';
import { cellsOf, whole } from './view';

const ALL = REVERSED.lanes * REVERSED.groups;

/** The experiment. */
export const barrier: Experiment = {
  id: 'barrier',
  kernels: [kernels.reverseNoBarrier, kernels.reverse],
  async run(gpu) {
    const without = await reverse(gpu, false);
    const barred = await reverse(gpu, true);
    return {
      picture: [...cellsWith('Without a barrier', without), ...cellsWith('With a barrier', barred)],
      caption: captionOf(without, barred),
    };
  },
};

function cellsWith(title: string, { numbers }: Reversed): HTMLElement[] {
  const isWrong = (value: number, lane: number) => value !== reversedAt(lane);
  const count = numbers.filter(isWrong).length;
  const state = `${title}: ${count} of ${numbers.length} numbers are wrong`;
  const cells = numbers.map((value, lane) => ({
    text: String(value),
    className: isWrong(value, lane) ? 'wrong' : 'right',
  }));
  return [html('h3', {}, state), cellsOf(state, cells)];
}

function captionOf(without: Reversed, barred: Reversed): string {
  return [
    `Each kernel ran in ${REVERSED.groups} workgroups, on 128 numbers in each. The cells show workgroup ${without.group}${barred.group === without.group ? '' : ` and workgroup ${barred.group}`}.`,
    without.wrong
      ? `Without the barrier, ${whole(without.wrong)} of the ${whole(ALL)} numbers are wrong (hatched).`
      : 'Without the barrier, this GPU happened to get all numbers right. This can happen, for instance where a workgroup is one subgroup. The kernel is wrong nevertheless: it fails on other GPUs.',
    barred.wrong
      ? `With the barrier, ${whole(barred.wrong)} are wrong: this GPU or its driver has a fault.`
      : 'With the barrier, all are right.',
  ].join(' ');
}
