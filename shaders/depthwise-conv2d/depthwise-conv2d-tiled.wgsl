// After    activation.wgsl: activate()
// depthwise-conv2d, tiled: depthwise-conv2d, where each thread computes PIXELS pixels of a row x 4 channels.
//   A line with # in it is repeated PIXELS times, for # = 0, 1, .. (repeat.ts).
//   On SwiftShader twice as fast as depthwise-conv2d (BlazeFace's convolutions of stride 2).
// Idea     All pixels of a channel are multiplied by the same few weights. In depthwise-conv2d, an invocation loads
//          them all, and computes its indices, for a single pixel. Here the PIXELS pixels of an invocation share each
//          weight that is loaded, and the index arithmetic.
// Layout   x (B,H,W,C4) · weight (KH,KW,C4) · bias (C4) · y (B,HO,WO,C4).
// Threads  x: channels in fours, within tiles, row after row; z: the batch.

override C: u32;
override H: u32; override W: u32; override HO: u32; override WO: u32;
override KH: u32; override KW: u32;
override STRIDE_H: u32; override STRIDE_W: u32;
override PAD_TOP: u32; override PAD_LEFT: u32;
override DILATION_H: u32; override DILATION_W: u32;
override PIXELS: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let CV = (C + 3) / 4;
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  let c = at % CV;
  let tiles = (WO + PIXELS - 1) / PIXELS;
  let ox = at / CV % tiles * PIXELS;
  let oy = at / CV / tiles;
  if (oy >= HO) { return; }

  var a# = bias[c];
  for (var ky = 0u; ky < KH; ky++) {
    // Left of or above the picture the unsigned difference wraps to a huge number, so one test is enough.
    let iy = oy * STRIDE_H + ky * DILATION_H - PAD_TOP;
    if (iy >= H) { continue; }
    let row = (id.z * H + iy) * W;
    for (var kx = 0u; kx < KW; kx++) {
      let w = weight[(ky * KW + kx) * CV + c];
      let left = ox * STRIDE_W + kx * DILATION_W - PAD_LEFT;
      let x# = left + # * STRIDE_W;
      a# += w * select(vec4f(0), x[(row + min(x#, W - 1)) * CV + c], x# < W);
    }
  }
  let out = ((id.z * HO + oy) * WO + ox) * CV + c;
  if (ox + # < WO) { y[out + # * CV] = activate(a#); }
}
