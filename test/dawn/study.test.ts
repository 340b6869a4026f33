import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Gpu } from '../../src/gpu/gpu';
import { check, codeOf, settingOf, settingsOf } from '../../study/check';
import { compareSpeed, timedSetting } from '../../study/compare-speed';
import { fileOf, KERNEL_NAMES, ladderOf } from '../../study/ladder';
import { arrange } from '../../study/trace/arrange';
import { countsOf } from '../../study/trace/counts';
import { tracePlan } from '../../study/trace/trace';
import { compare } from '../run-case';
import { openGpu } from './gpu';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

const rungs = KERNEL_NAMES.flatMap((kernel) => ladderOf(kernel).rungs);
const variants = rungs.flatMap((rung) =>
  [...rung.variants].map(([variant, cases]) => ({ rung, variant, cases })),
);

test.each(variants.map((each) => [`${each.rung.name}, ${each.variant}`, each] as const))(
  '%s has a diagram and figures, and recording does not change its results',
  async (_, { rung, variant, cases }) => {
    const { plan, built } = settingOf(cases[0], variant);
    if (plan.features?.some((feature) => !gpu.features.has(feature))) return;
    const { passes, output, isStopped } = await tracePlan(gpu, plan, built, { guard: true });
    expect(compare(output, built.expected, built.tolerance)).toBeUndefined();
    expect(isStopped).toBe(false);
    const own = passes.find(({ pass }) => fileOf(pass) === rung.file)!;
    // Each access is to an element that exists and is drawn. Kernels read past the end only where WGSL clamps.
    const written = new Set<number>();
    const constants = own.pass.constants;
    const arrangements = own.variables.map((variable) => arrange(variable, rung.header, constants));
    for (const invocation of own.invocations)
      for (const { variable, kind, index } of own.accesses(invocation)) {
        const { space, length, name } = own.variables[variable];
        if (index >= length) throw new Error(`${name}[${index}], but it has ${length} elements`);
        if (!arrangements[variable].place(index)) throw new Error(`${name}[${index}] is not drawn`);
        if (kind !== 'read' && space === 'storage') written.add(index);
      }
    expect(written.size).toBeGreaterThan(0);
    const counts = countsOf(own);
    expect(counts.loads).toBeGreaterThan(0);
    expect(counts.numbersStored).toBeGreaterThan(0);
    expect(counts.reuse).toBeGreaterThanOrEqual(1);
  },
);

test('the plain convolution reads what its formula says', async () => {
  const [conv2d] = ladderOf('conv2d').rungs;
  const of = conv2d.variants.get('plain')!.find(({ name }) => name === 'channels above four')!;
  const { plan, built } = settingOf(of, 'plain');
  const [own] = (await tracePlan(gpu, plan, built)).passes;
  const { I, H, W, O } = own.pass.constants;
  // The invocation of an output in the middle reads I channels of 9 pixels, as many weights, and a bias.
  const middle = (Math.floor(H / 2) * W + 1) * Math.ceil(O / 4) * 4;
  const accesses = own.accesses(own.invocations[0] + middle);
  const reads = (name: string) =>
    accesses.filter(({ variable, kind }) => own.variables[variable].name === name && kind === 'read').length;
  expect([reads('x'), reads('weight'), reads('bias')]).toEqual([9 * I, 9 * I, 1]);
  // At a corner, 4 of the 9 pixels are inside the picture.
  const corner = own.accesses(own.invocations[0]);
  expect(corner.filter(({ variable }) => own.variables[variable].name === 'x')).toHaveLength(4 * I);
});

test('a version of a kernel is right, wrong, uncompilable or endless', async () => {
  const [dense] = ladderOf('dense').rungs;
  const settings = settingsOf(dense, 'plain');
  const original = codeOf(settings[0].plan, dense.file);
  const verdictOf = (code: string) => check(gpu, settings, dense.file, code);
  const right = await verdictOf(original.replace('var sum = 0.0;', 'var sum = 0.0; // the same'));
  expect(right).toMatchObject({ kind: 'right', cases: settings.length });

  const wrong = await verdictOf(original.replace('sum += ', 'sum += 2.0 * '));
  expect(wrong.kind).toBe('wrong');
  if (wrong.kind === 'wrong') {
    const { index, count, got, expected, allowed } = wrong.element;
    expect(index).toBeLessThan(count);
    expect(Math.abs(got - expected)).toBeGreaterThan(allowed);
  }

  const lines = original.split('\n');
  const at = lines.findIndex((line) => line.includes('var sum = 0.0;'));
  const broken = await verdictOf(original.replace('var sum = 0.0;', 'var sum = 0.0 +;'));
  expect(broken).toMatchObject({
    kind: 'mistakes',
    mistakes: [{ line: at + 1, message: expect.any(String) }],
  });

  // Without the bias the result is wrong, but WebGPU already refuses to bind a buffer that no code uses.
  await expect(verdictOf(original.replace(' + bias[o]', ''))).rejects.toThrow(
    'does not use all of its buffers',
  );

  const [unary] = ladderOf('elementwise').rungs;
  const single = settingsOf(unary, 'plain');
  const nested = codeOf(single[0].plan, unary.file).replace(
    'if (at >= SIZE)',
    'for (var i = 0u; i < 2; i += 0) { for (var j = 0u; j < 2; j += 0) { loop { if (i > j) { break; } } } } if (at >= SIZE)',
  );
  expect(await check(gpu, single, unary.file, nested)).toMatchObject({ kind: 'endless' });

  for (const endless of [
    original.replace('i += 64', 'i += 0'),
    original.replace('half > 0; half /= 2', 'half > 0; half *= 1'), // with a barrier in the loop
    original.replace('var sum = 0.0;', 'var sum = 0.0; loop { sum += 1; if (sum < 0) { break; } }'),
    original.replace('var sum = 0.0;', 'var sum = 0.0; while (sum >= 0) { sum += 1; }'),
  ])
    expect(await verdictOf(endless)).toMatchObject({ kind: 'endless' });
});

test('the speed of a version is compared with the original', async () => {
  const [dense] = ladderOf('dense').rungs;
  const original = codeOf(settingsOf(dense, 'plain')[0].plan, dense.file);
  const setting = timedSetting(dense, 'plain', original)!;
  expect(setting.name).toBeTruthy();
  const slower = original.replace(
    'var sum = 0.0;',
    'var sum = 0.0; for (var k = 0u; k < 200; k++) { sum += bias[o % O] * 1e-30; }',
  );
  const ratio = await compareSpeed(gpu, setting, dense.file, slower);
  expect(ratio).toBeGreaterThan(0);
  expect(Number.isFinite(ratio)).toBe(true);
});
