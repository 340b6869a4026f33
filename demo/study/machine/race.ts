/** Experiment 5: a counter with and without atomics. */

import { kernels } from '../../../study/machine/kernels';
import { count, INCREMENTS } from '../../../study/machine/together';
import type { Experiment } from './experiment';
import { type Bar, barsOf, whole } from './view';

/** How often each of the kernels runs. */
const RUNS = { race: 5, atomic: 2 } as const;

/** The experiment. */
export const race: Experiment = {
  id: 'race',
  kernels: [kernels.race, kernels.atomicAdd],
  async run(gpu) {
    const racing: number[] = [];
    for (let i = 0; i < RUNS.race; i++) racing.push(await count(gpu, false));
    const atomic: number[] = [];
    for (let i = 0; i < RUNS.atomic; i++) atomic.push(await count(gpu, true));
    const bar =
      (name: string) =>
      (value: number, at: number): Bar => ({
        label: `${name}, run ${at + 1}`,
        share: value / INCREMENTS,
        value: whole(value),
        isWrong: value !== INCREMENTS,
      });
    const bars = [...racing.map(bar('race')), ...atomic.map(bar('atomic-add'))];
    return {
      picture: [barsOf('Counters after the runs', ['Kernel', 'Counter'], bars)],
      caption: captionOf(racing, atomic),
    };
  },
};

function captionOf(racing: readonly number[], atomic: readonly number[]): string {
  const [least, most] = [Math.min(...racing), Math.max(...racing)];
  const range = least === most ? `counted ${whole(least)}` : `counted ${whole(least)} to ${whole(most)}`;
  return [
    `The right result is ${whole(INCREMENTS)}.`,
    most < INCREMENTS
      ? `Without an atomic, the kernel ${range}: at least ${whole(INCREMENTS - most)} additions were lost in every run.`
      : `Without an atomic, the kernel ${range}. This GPU happened to lose nothing in a run. The kernel is wrong nevertheless: nothing guarantees it.`,
    new Set(racing).size > 1
      ? `The ${racing.length} runs gave ${new Set(racing).size} different results.`
      : 'All runs gave the same result here; that is not guaranteed either.',
    atomic.every((value) => value === INCREMENTS)
      ? 'With atomicAdd, every run was right.'
      : 'With atomicAdd a run was wrong: this GPU or its driver has a fault.',
  ].join(' ');
}
