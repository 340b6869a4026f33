import type { Kernel, Pass, Plan } from './plan';

/**
 * The same plan, with kernels that read their sizes from uniforms instead of constants. The driver compiles one
 * pipeline for all shapes instead of one for each, which takes less time. The kernels then run a little slower.
 */
export const forAnySize = (plan: Plan): Plan => ({ ...plan, passes: plan.passes.map(passForAnySize) });

/**
 * Overrides that are sizes of tensors. The others (taps, strides, tiles, activations) stay constant, so that the
 * compiler can unroll loops.
 */
const EXTENTS = [
  ...['B', 'T', 'C', 'CS', 'CZ', 'I', 'M', 'O', 'H', 'W', 'HO', 'WO', 'SIZE', 'INNER'],
  ...['TILES_H', 'TILES_W', 'S', 'K'],
];

/** Maximum number of uniform buffers that a kernel can read on every WebGPU device. */
const MOST = 12;

function passForAnySize(pass: Pass): Pass {
  const code = pass.kernel.files.map((file) => file.code.replace(/\/\/.*/g, '')).join('\n');
  const isRead = (name: string) =>
    code.includes(`override ${name}: u32`) && code.split(new RegExp(`\\b${name}\\b`)).length > 2;
  const names = EXTENTS.filter((name) => name in pass.constants && isRead(name)).slice(0, MOST);
  if (!names.length || pass.picture) return pass;
  const rest = Object.entries(pass.constants).filter(([name]) => !names.includes(name));
  return {
    ...pass,
    kernel: kernelForAnySize(pass.kernel, names, pass.bindings.length),
    constants: Object.fromEntries(rest),
    sizes: names.map((name) => pass.constants[name]),
  };
}

/** Replaces each `override NAME: u32` by a uniform of that name, from binding `first` on. Keeps line numbers. */
function kernelForAnySize(kernel: Kernel, names: readonly string[], first: number): Kernel {
  const files = kernel.files.map(({ name, code }) => ({
    name,
    code: code.replace(/override (\w+): u32(?: = \d+)?;/g, (declaration, found) => {
      const at = names.indexOf(found);
      return at < 0 ? declaration : `@group(0) @binding(${first + at}) var<uniform> ${found}: u32;`;
    }),
  }));
  return { name: `${kernel.name}, any ${names.join(' ')}`, files };
}
