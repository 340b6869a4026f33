// After    activation.wgsl: activate()
// conv-transpose2d: transposed convolution with bias and activation, as ONNX's ConvTranspose defines it.
//   y[b,oy,ox,o] = act( bias[o] + sum_{i,ky,kx} weight[i,o,ky,kx] x[b,iy,ix,i] )
//   over all (iy,ky) with iy strideH + ky dilationH - padTop = oy, and the same for x; i runs over o's group.
// Idea     A transposed convolution spreads each pixel of x over a window of y, and these windows overlap. If an
//          invocation took a pixel of x, several invocations would add to the same number of y at the same time, and
//          sums would be lost. So each invocation takes a number of y, and collects everything that falls on it. For
//          each ky and kx, it computes which pixel of x would reach it; there is one only if the distance is a whole
//          multiple of the stride.
// Layout   x (B,H,W,I4) · weight (I,O/GROUPS,KH,KW) · bias (O) · y (B,HO,WO,O4); I4, O4: padded to a multiple of 4.
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
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

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
  let OG = O / GROUPS;
  let first = o / OG * IG;
  var sum = bias[o];
  for (var ky = 0u; ky < KH; ky++) {
    // Where the first index would be below 0, the unsigned difference wraps to a huge number.
    let py = oy + PAD_TOP - ky * DILATION_H;
    if (py % STRIDE_H != 0 || py / STRIDE_H >= H) { continue; }
    for (var kx = 0u; kx < KW; kx++) {
      let px = ox + PAD_LEFT - kx * DILATION_W;
      if (px % STRIDE_W != 0 || px / STRIDE_W >= W) { continue; }
      let pixel = ((id.z * H + py / STRIDE_H) * W + px / STRIDE_W) * I4 + first;
      for (var i = 0u; i < IG; i++) {
        sum += weight[(((first + i) * OG + o % OG) * KH + ky) * KW + kx] * x[pixel + i];
      }
    }
  }
  y[out] = activate(vec4f(sum)).x;
}
