// After    activation.wgsl: activate()
// depthwise-conv2d: a convolution where every channel has its own kernel (Conv with group = I = O).
//   y[b,oy,ox,c] = act( bias[c] + sum_{ky,kx} weight[c,ky,kx]
//                                 x[b, oy strideH + ky dilationH - padTop, ox strideW + kx dilationW - padLeft, c] )
// Idea     Channels do not mix here: a number of y is a short sum of KH x KW products, without a loop over the
//          channels. So loading numbers and computing indices are a large part of the work. The four channels of a
//          vec4f have the same window, so an invocation computes all four at once: each load brings four numbers, and
//          they share the index arithmetic.
// Layout   x (B,H,W,C4) · weight (KH,KW,C4) · bias (C4) · y (B,HO,WO,C4).
// Threads  one per vec4f of y; z is the batch.

override C: u32;
override H: u32; override W: u32; override HO: u32; override WO: u32;
override KH: u32; override KW: u32;
override STRIDE_H: u32; override STRIDE_W: u32;
override PAD_TOP: u32; override PAD_LEFT: u32;
override DILATION_H: u32; override DILATION_W: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let CV = (C + 3) / 4;
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= HO * WO * CV) { return; }
  let c = at % CV;
  let ox = at / CV % WO;
  let oy = at / CV / WO;

  var sum = bias[c];
  for (var ky = 0u; ky < KH; ky++) {
    // Left of or above the picture the unsigned difference wraps to a huge number, so one test is enough.
    let iy = oy * STRIDE_H + ky * DILATION_H - PAD_TOP;
    if (iy >= H) { continue; }
    for (var kx = 0u; kx < KW; kx++) {
      let ix = ox * STRIDE_W + kx * DILATION_W - PAD_LEFT;
      if (ix >= W) { continue; }
      sum += weight[(ky * KW + kx) * CV + c] * x[((id.z * H + iy) * W + ix) * CV + c];
    }
  }
  y[id.z * HO * WO * CV + at] = activate(sum);
}
