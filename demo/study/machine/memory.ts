/** Experiment 4: the address spaces with their limits, and the same sums read from two of them. */

import { kernels } from '../../../study/machine/kernels';
import { measureSums, type Sums } from '../../../study/machine/speeds';
import { html } from '../../elements';
import type { Experiment } from './experiment';
import { barsOf, comparedWith, short } from './view';

/** The experiment. */
export const memory: Experiment = {
  id: 'memory',
  kernels: [kernels.sumStorage, kernels.sumWorkgroup],
  async run(gpu) {
    const sums = await measureSums(gpu);
    return { picture: [spacesOf(gpu.limits), barsOfSums(sums)], caption: captionOf(sums) };
  },
};

/** Bytes in the largest unit that keeps them a whole number, or nearly. */
function sizeText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  const at = Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  return `${Number((bytes / 1024 ** at).toFixed(1))} ${units[at]}`;
}

/** The address spaces: name, who uses it, and how much there is. */
function spacesOf(limits: GPUSupportedLimits): HTMLElement {
  const spaces = [
    [
      'function, private',
      'one invocation reads and writes; in registers if they suffice',
      'WebGPU has no number for it',
    ],
    [
      'workgroup',
      'the invocations of one workgroup read and write',
      `${sizeText(limits.maxComputeWorkgroupStorageSize)} per workgroup`,
    ],
    ['uniform', 'all invocations read', `${sizeText(limits.maxUniformBufferBindingSize)} per binding`],
    [
      'storage',
      'all invocations read and write',
      `${sizeText(limits.maxStorageBufferBindingSize)} per binding`,
    ],
  ];
  const titles = ['Address space', 'Who uses it', 'Limit on this GPU'];
  return html(
    'table',
    { class: 'spaces', 'aria-label': 'Address spaces' },
    html('thead', {}, html('tr', {}, ...titles.map((title) => html('th', { scope: 'col' }, title)))),
    html(
      'tbody',
      {},
      ...spaces.map(([name, who, limit]) =>
        html(
          'tr',
          {},
          html('th', { scope: 'row' }, html('code', {}, name)),
          html('td', {}, who),
          html('td', {}, limit),
        ),
      ),
    ),
  );
}

function barsOfSums({ storage, workgroup }: Sums): HTMLElement {
  const most = Math.max(storage.ms, workgroup.ms);
  const bar = (label: string, ms: number) => ({ label, share: ms / most, value: `${short(ms)} ms` });
  const bars = [bar('From storage', storage.ms), bar('From workgroup memory', workgroup.ms)];
  return barsOf('Time of the same sums', ['Numbers are read', 'Time'], bars);
}

function captionOf({ storage, workgroup, reads }: Sums): string {
  const isRight = storage.isRight && workgroup.isRight;
  return [
    isRight
      ? 'Both kernels wrote the same sums, and they are right.'
      : 'The sums are wrong: this GPU or its driver has a fault.',
    `Each read ${short(reads / 1e6)} million numbers in its loop. Reading from storage took ${comparedWith(storage.ms, workgroup.ms)} reading from workgroup memory.`,
    storage.ms > workgroup.ms * 1.1
      ? ''
      : 'So the copy did not pay here: storage has caches, which also keep copies. Whether a copy pays must be measured on each GPU.',
  ]
    .join(' ')
    .trim();
}
