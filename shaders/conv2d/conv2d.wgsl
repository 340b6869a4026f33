// After    residual.wgsl: residual() · activation.wgsl: activate()
// conv2d: convolution with bias and activation, as ONNX's Conv defines it (mathematically a correlation).
//   y[b,oy,ox,o] = act( z[b,oy,ox,o] + bias[o] + sum_{i,ky,kx} weight[o,i,ky,kx]
//                                 x[b, oy strideH + ky dilationH - padTop, ox strideW + kx dilationW - padLeft, i] )
//   where i runs over the I/GROUPS channels of o's group, and x outside the picture is 0.
//   z is only added in a residual block (residual.wgsl).
// Idea     Each number of y is a sum over a window of x: the pixels of the window, multiplied by the weights. One
//          invocation computes one such sum from beginning to end in three nested loops, as a convolution is written in
//          books. The sums do not depend on each other, so thousands of invocations run at the same time and never
//          wait. But neighbours load the same pixels and weights again, two numbers for each multiply-add. The other
//          kernels of this folder avoid that.
// Layout   x (B,H,W,I4) · weight (O,I/GROUPS,KH,KW) · bias (O) · y (B,HO,WO,O4); I4, O4: padded to a multiple of 4.
// Threads  one per number of y; z is the batch.

override I: u32; override H: u32; override W: u32;
override O: u32; override HO: u32; override WO: u32;
override KH: u32; override KW: u32;
override STRIDE_H: u32; override STRIDE_W: u32;
override PAD_TOP: u32; override PAD_LEFT: u32;
override DILATION_H: u32; override DILATION_W: u32;
override GROUPS: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
const Z = 3; // the binding of z, which residual.wgsl declares
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let I4 = (I + 3) / 4 * 4;
  let O4 = (O + 3) / 4 * 4;
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= HO * WO * O4) { return; }
  let o = at % O4;
  let ox = at / O4 % WO;
  let oy = at / O4 / WO;
  let out = id.z * HO * WO * O4 + at;
  if (o >= O) { y[out] = 0; return; }

  let IG = I / GROUPS;
  let first = o / (O / GROUPS) * IG;
  var sum = bias[o];
  for (var ky = 0u; ky < KH; ky++) {
    // Left of or above the picture the unsigned difference wraps to a huge number, so one test is enough.
    let iy = oy * STRIDE_H + ky * DILATION_H - PAD_TOP;
    if (iy >= H) { continue; }
    for (var kx = 0u; kx < KW; kx++) {
      let ix = ox * STRIDE_W + kx * DILATION_W - PAD_LEFT;
      if (ix >= W) { continue; }
      let pixel = ((id.z * H + iy) * W + ix) * I4 + first;
      for (var i = 0u; i < IG; i++) {
        sum += weight[((o * IG + i) * KH + ky) * KW + kx] * x[pixel + i];
      }
    }
  }
  y[out] = activate(vec4f(sum + residual(out / O4, o / 4)[o % 4])).x;
}
