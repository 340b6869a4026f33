import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planBoxes } from '../../shaders/boxes/boxes';
import { planCrops } from '../../shaders/crops/crops';
import { planFaces } from '../../shaders/faces/faces';
import { planFrame } from '../../shaders/frame/frame';
import { planGrids } from '../../shaders/grids/grids';
import { forAnySize } from '../../shaders/plan/any-size';
import { fix } from '../../shaders/plan/fix';
import type { Kernel, Plan } from '../../shaders/plan/plan';
import { loadOnnx } from '../../src/formats/load';
import { lower } from '../../src/network/lower';
import { netFixtures, root } from '../fixtures';
import { faultsOf } from '../wgsl-faults';

const frame = { H: 48, W: 48, grey: true, border: 'black', scale: 2, offset: -1 } as const;
const vision: readonly Plan[] = [
  ...planFrame(frame, 'texture'),
  ...planFrame(frame, 'external'),
  ...planBoxes({ size: 128, minScore: 0.5 }),
  ...planFaces({ N: 896, same: 0.3, maxFaces: 16 }),
  ...planCrops({ maxFaces: 16, size: 48, eyesY: 0.4, betweenEyes: 0.4, eyesToMouth: 0.4 }),
  ...planGrids({ S: 8 }),
];

/** Every module of the frame's own kernels and of all models that tests run, by name. */
async function allModules(): Promise<ReadonlyMap<string, Kernel>> {
  const modules = new Map<string, Kernel>();
  const add = (plan: Plan) => {
    for (const { passes } of [plan, forAnySize(plan)])
      for (const { kernel } of passes) modules.set(kernel.name, kernel);
  };
  vision.forEach(add);
  for (const { model } of netFixtures) {
    const graph = await loadOnnx(readFileSync(`${root}/${model}`), model);
    // A model whose batch is fixed keeps it. Some kernels are for single rows, some for several.
    for (const batch of [1, 9]) for (const { plans } of lower(graph, { batch }).steps) plans.forEach(add);
  }
  return modules;
}
const modules = await allModules();

describe('modules that naga and WebKit compile as Tint does', () => {
  test.each([...modules.keys()])('%s', (name) => {
    expect(faultsOf(modules.get(name)!)).toEqual([]);
  });

  test('no kernel is left out', () => {
    const files = [...modules.values()].flatMap((kernel) => kernel.files.map(({ name }) => name));
    const all = readdirSync(`${root}/shaders`, { recursive: true, encoding: 'utf8' });
    const named = all.filter((file) => file.endsWith('.wgsl')).map((file) => file.replace(/.*\//, ''));
    expect(named.filter((name) => !files.includes(name))).toEqual([]);
  });

  test('the check finds an array whose size is an expression, and a snippet behind the kernel', () => {
    const array = 'override N: u32;\nvar<workgroup> a: array<f32, N * 2>;\n@compute fn main() {}';
    const files = [
      { name: 'a.wgsl', code: array },
      { name: 'b.wgsl', code: 'override M: u32;' },
    ];
    expect(faultsOf({ name: 'bad', files })).toHaveLength(3);
  });
});

describe('fix', () => {
  test('makes constants of overrides, and numbers of the sizes of workgroup arrays', () => {
    const code =
      'override N: u32; override M: u32;\nvar<workgroup> a: array<vec4f, 2 * N * 3u>; var<workgroup> b: array<f32, 8>;';
    expect(fix(code, { N: 4 })).toBe(
      'const N: u32 = 4; override M: u32;\nvar<workgroup> a: array<vec4f, 24>; var<workgroup> b: array<f32, 8>;',
    );
  });

  test('refuses a size that needs an override without a value', () => {
    expect(() => fix('var<workgroup> a: array<f32, N>;', {})).toThrow('needs N');
  });
});
