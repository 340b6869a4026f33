/** Weights of f16 in kernels that compute in f32: for models whose weights are all halves (numbers of f16). */

import type { Kernel, Plan } from '../plan/plan';
import f16 from './blocks-f16.wgsl?raw';
import f32 from './blocks-f32.wgsl?raw';

/** The first of a kernel's files, because `enable` must come first in a module. */
const files = {
  f32: { name: 'blocks-f32.wgsl', code: f32 },
  f16: { name: 'blocks-f16.wgsl', code: f16 },
} as const;

/** The kernel with blocks of f32, and with blocks of f16. */
export const withBlocks = (kernel: Kernel): { readonly f32: Kernel; readonly f16: Kernel } => ({
  f32: { ...kernel, files: [files.f32, ...kernel.files] },
  f16: { name: `${kernel.name} f16`, files: [files.f16, ...kernel.files] },
});

/** A plan that reads the operand `weight` in blocks. */
export interface BlocksPlan extends Plan {
  readonly pack: Required<Plan>['pack'] & { readonly weight: (w: Float32Array) => Float32Array };
}

/** The plan with blocks of f32 and, if every weight is a half, also the plan with blocks of f16. */
export function inBlocks(
  { f32, f16 }: ReturnType<typeof withBlocks>,
  halves: boolean | undefined,
  planOf: (kernel: Kernel) => BlocksPlan,
): Plan[] {
  if (!halves) return [planOf(f32)];
  const plan = planOf(f16);
  return [
    planOf(f32),
    {
      ...plan,
      variant: `${plan.variant}, f16`,
      features: ['shader-f16'],
      pack: { ...plan.pack, weight: (w) => packHalves(plan.pack.weight(w)) },
    },
  ];
}

/**
 * The place of the weight of input i and output o among blocks of 4 inputs x 4 outputs, two blocks of outputs side by side:
 * (rows, inputs / 4, 2, 4, 4).
 * @param row which eight outputs; also which tap, where there are several
 * @param inputs their number, a multiple of four
 */
export const placeInBlocks = (row: number, inputs: number, i: number, o: number): number =>
  ((row * (inputs / 4) + (i >> 2)) * 2 + ((o >> 2) & 1)) * 16 + (i & 3) * 4 + (o & 3);

const bits = new DataView(new ArrayBuffer(4));

/** The bits of v as a half; undefined if v is not exactly a half. */
function halfBits(v: number): number | undefined {
  bits.setFloat32(0, v);
  const word = bits.getUint32(0);
  const sign = (word >>> 16) & 0x8000;
  const mantissa = word & 0x7fffff;
  const exponent = ((word >>> 23) & 0xff) - 127;
  if (v === 0) return sign;
  if (exponent > 15 || exponent < -24) return undefined;
  // Halves below 2^-14 are subnormal: they have no leading 1, and fewer digits.
  const lost = exponent < -14 ? -1 - exponent : 13;
  const digits = exponent < -14 ? mantissa | 0x800000 : mantissa;
  if (digits & ((1 << lost) - 1)) return undefined;
  return sign | (exponent < -14 ? digits >>> lost : ((exponent + 15) << 10) | (digits >>> lost));
}

/** Whether every number is exactly a half. */
export const areHalves = (data: Float32Array): boolean => data.every((v) => halfBits(v) !== undefined);

/** Packs numbers that are halves, two to a 32-bit word. */
export function packHalves(data: Float32Array): Uint32Array {
  const halves = Uint16Array.from(data, (v) => halfBits(v) ?? 0);
  return new Uint32Array(halves.buffer, 0, halves.length / 2);
}
