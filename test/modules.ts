/** Every WGSL module that the engine creates for the vision kernels and for all models of the tests. */

import { readFileSync } from 'node:fs';
import { planBoxes } from '../shaders/boxes/boxes';
import { planCrops } from '../shaders/crops/crops';
import { planFaces } from '../shaders/faces/faces';
import { planFrame } from '../shaders/frame/frame';
import { planGrids } from '../shaders/grids/grids';
import { forAnySize } from '../shaders/plan/any-size';
import type { Candidates, Kernel, Plan } from '../shaders/plan/plan';
import { loadOnnx } from '../src/formats/load';
import { lower } from '../src/network/lower';
import { netFixtures, root } from './fixtures';

const frame = { H: 48, W: 48, grey: true, border: 'black', scale: 2, offset: -1 } as const;
const vision: readonly Candidates[] = [
  planFrame(frame, 'texture'),
  planFrame(frame, 'external'),
  planBoxes({ size: 128, minScore: 0.5 }),
  planFaces({ N: 896, same: 0.3, maxFaces: 16 }),
  planCrops({ maxFaces: 16, size: 48, eyesY: 0.4, betweenEyes: 0.4, eyesToMouth: 0.4 }),
  planGrids({ S: 8 }),
];

/** Returns every module of the vision kernels and of all models of the tests, by name. */
export async function allModules(): Promise<ReadonlyMap<string, Kernel>> {
  const modules = new Map<string, Kernel>();
  const add = (plan: Plan) => {
    for (const { passes } of [plan, forAnySize(plan)])
      for (const { kernel } of passes) modules.set(kernel.name, kernel);
  };
  for (const { ranked } of vision) ranked.forEach(add);
  for (const { model } of netFixtures) {
    const graph = await loadOnnx(readFileSync(`${root}/${model}`), model);
    // A fixed batch stays the same. Otherwise some kernels are for a single row, and others for several rows.
    for (const batch of [1, 9])
      for (const { candidates } of (await lower(graph, { batch })).steps) candidates.ranked.forEach(add);
  }
  return modules;
}
