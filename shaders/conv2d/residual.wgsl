// residual: what is added to a convolution's sum before the activation, as in a residual block.
//   residual(pixel, o) = the channels 4 o .. 4 o + 3 of z at a pixel of y, or 0 from channel CZ on: z may have fewer
//   channels than y
// Layout   z (B,HO,WO,CZ4), at the binding that the kernel calls Z. Without a residual CZ is 0, and z is not read.

override CZ: u32 = 0;

@group(0) @binding(Z) var<storage, read> z: array<vec4f>;

fn residual(pixel: u32, o: u32) -> vec4f {
  if (4 * o >= CZ) { return vec4f(); }
  return select(vec4f(), z[pixel * ((CZ + 3) / 4) + o], vec4u(0, 1, 2, 3) < vec4u(CZ - 4 * o));
}
