/** Experiment 3: the lanes of a workgroup, coloured by their subgroup. */

import { LANES, type Lane, runSubgroups } from '../../../study/machine/grids';
import { kernels } from '../../../study/machine/kernels';
import { html } from '../../elements';
import type { Experiment } from './experiment';
import { COLOURS, cellsOf, whole } from './view';

const ABSENT =
  'This browser does not offer the feature “subgroups” on this GPU, so this kernel can not run here.';

/** The experiment. */
export const subgroups: Experiment = {
  id: 'subgroups',
  kernels: [kernels.subgroups],
  async run(gpu) {
    const lanes = await runSubgroups(gpu);
    if (!lanes) return { picture: [html('p', { class: 'absent' }, 'Not available here.')], caption: ABSENT };
    const names = [...new Set(lanes.map(({ first }) => first))];
    const label = `${LANES} lanes in ${names.length} subgroups`;
    const cells = lanes.map(({ first, own, sum }) => ({
      ...{ text: String(own), more: `Σ ${sum}` },
      className: `group-${names.indexOf(first) % COLOURS}`,
    }));
    return { picture: [cellsOf(label, cells)], caption: captionOf(lanes, names) };
  },
};

function captionOf(lanes: readonly Lane[], names: readonly number[]): string {
  const first = lanes.flatMap((lane, at) => (lane.first === lanes[0].first ? [at] : []));
  const terms =
    first.length > 4 ? `${first.slice(0, 2).join(' + ')} + … + ${first.at(-1)}` : first.join(' + ');
  const groups = names.length === 1 ? 'one subgroup' : `${names.length} subgroups`;
  return `The ${LANES} lanes of this workgroup ran in ${groups} of ${lanes[0].size} lanes. Each cell is a lane, and each block of one colour is a subgroup. The large number is the lane's number in its subgroup. The small number is what subgroupAdd returned: in the first subgroup ${terms} = ${whole(lanes[0].sum)}.`;
}
