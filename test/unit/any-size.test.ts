import { expect, test } from 'vitest';
import { forAnySize } from '../../shaders/plan/any-size';
import type { Plan } from '../../shaders/plan/plan';

const code = `// I in a comment
override I: u32; override H: u32 = 3;
override W: u32; override SIZE: f32; override KH: u32;
fn main() { let n = I + H * KH; }`;
const plan: Plan = {
  variant: 'plain',
  passes: [
    {
      kernel: { name: 'sum', files: [{ name: 'sum.wgsl', code }] },
      constants: { KH: 5, W: 7, SIZE: 2, H: 4, I: 9 },
      bindings: ['x', 'y'],
      workgroups: [1, 1, 1],
    },
  ],
};

test('extents that a kernel reads become uniforms behind its bindings, in their lines; the rest stays', () => {
  const [pass] = forAnySize(plan).passes;
  expect(pass.sizes).toEqual([9, 4]);
  expect(pass.constants).toEqual({ KH: 5, W: 7, SIZE: 2 });
  expect(pass.kernel.files[0].code.split('\n')).toEqual([
    '// I in a comment',
    '@group(0) @binding(2) var<uniform> I: u32; @group(0) @binding(3) var<uniform> H: u32;',
    'override W: u32; override SIZE: f32; override KH: u32;',
    'fn main() { let n = I + H * KH; }',
  ]);
});

test('shapes that differ have one pipeline', () => {
  const wider = { ...plan.passes[0], constants: { ...plan.passes[0].constants, I: 10 } };
  const [[pass], [other]] = [plan, { ...plan, passes: [wider] }].map((each) => forAnySize(each).passes);
  expect(other.kernel).toEqual(pass.kernel);
  expect(other.constants).toEqual(pass.constants);
  expect(other.sizes).not.toEqual(pass.sizes);
});

test('without extents, and for kernels of pictures, nothing changes', () => {
  const [pass] = plan.passes;
  const none = { ...pass, constants: { KH: 5 } };
  const picture = { ...pass, picture: 'texture' as const };
  for (const each of [none, picture]) expect(forAnySize({ ...plan, passes: [each] }).passes).toEqual([each]);
});
