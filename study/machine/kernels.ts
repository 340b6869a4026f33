/** The kernels of the page that introduces the machine. */

import type { Kernel, WgslFile } from '../../shaders/plan/plan';
import enableSubgroups from '../../shaders/snippets/enable-subgroups.wgsl?raw';
import atomicAdd from './atomic-add.wgsl?raw';
import dispatch from './dispatch.wgsl?raw';
import divergence from './divergence.wgsl?raw';
import race from './race.wgsl?raw';
import reverse from './reverse.wgsl?raw';
import reverseNoBarrier from './reverse-no-barrier.wgsl?raw';
import strided from './strided.wgsl?raw';
import subgroups from './subgroups.wgsl?raw';
import sumStorage from './sum-storage.wgsl?raw';
import sumWorkgroup from './sum-workgroup.wgsl?raw';
import workgroups from './workgroups.wgsl?raw';

const kernel = (name: string, code: string, before: readonly WgslFile[] = []): Kernel => ({
  name: `machine ${name}`,
  files: [...before, { name: `${name}.wgsl`, code }],
});

/** All kernels, by the name of their file. */
export const kernels = {
  dispatch: kernel('dispatch', dispatch),
  workgroups: kernel('workgroups', workgroups),
  subgroups: kernel('subgroups', subgroups, [{ name: 'enable-subgroups.wgsl', code: enableSubgroups }]),
  sumStorage: kernel('sum-storage', sumStorage),
  sumWorkgroup: kernel('sum-workgroup', sumWorkgroup),
  race: kernel('race', race),
  atomicAdd: kernel('atomic-add', atomicAdd),
  reverseNoBarrier: kernel('reverse-no-barrier', reverseNoBarrier),
  reverse: kernel('reverse', reverse),
  strided: kernel('strided', strided),
  divergence: kernel('divergence', divergence),
} as const satisfies Readonly<Record<string, Kernel>>;
