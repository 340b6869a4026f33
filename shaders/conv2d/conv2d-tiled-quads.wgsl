// After    quads.wgsl: blockOf() · residual.wgsl: residual() · activation.wgsl: activate()
// conv2d, tiled, quads: conv2d-tiled, where the four invocations of a quad share the weights that they load, as in
//   conv2d-pointwise-quads. Its plan is for more than one input channel. On SwiftShader 1.1 to 1.5 times as fast (3x3,
//   64 to 256 channels at 24x24 to 6x6, batch 8; 5x5, 3 to 24 channels at 128x128).
//   A line with # in it is repeated PIXELS times, for # = 0, 1, .. (repeat.ts).
// Idea     In conv2d-tiled, every invocation loads two 4x4 blocks of weights for each four input channels of a tap (one
//          ky and one kx). Here all invocations of a workgroup compute the same 8 channels. So each one loads a quarter
//          of the blocks, and blockOf() hands it to the other three of its quad without memory. For this, no invocation
//          may return early or skip a row, because the others need the weights that it loads; pixels outside the
//          picture count as 0 instead.
// Layout   x (B,H,W,I4) · weight (O8/8,KH,KW,I4/4,2,4): columns of 4x4 blocks · bias (O8) · z as in residual.wgsl
//          · y (B,HO,WO,O4).
// Threads  x: tiles of PIXELS pixels, row after row; y: blocks of 8 output channels; z: the batch.

override I: u32; override H: u32; override W: u32;
override O: u32; override HO: u32; override WO: u32;
override KH: u32; override KW: u32;
override STRIDE_H: u32; override STRIDE_W: u32;
override PAD_TOP: u32; override PAD_LEFT: u32;
override DILATION_H: u32; override DILATION_W: u32;
override PIXELS: u32; override LANES: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
const Z = 3; // the binding of z, which residual.wgsl declares
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) own: u32) {
  let IV = (I + 3) / 4;
  let OV = (O + 3) / 4;
  let tiles = (WO + PIXELS - 1) / PIXELS;
  let oy = id.x / tiles;
  let ox = id.x % tiles * PIXELS;
  let o = id.y * 2;

  // No invocation returns or skips a row: the others of its quad need the weights that it loads.
  var a# = bias[o]; var b# = bias[o + 1];
  var w = id.y * KH * KW * IV * 8 + own % 4;
  for (var ky = 0u; ky < KH; ky++) {
    // Left of or above the picture the unsigned difference wraps to a huge number, so one test is enough.
    let iy = oy * STRIDE_H + ky * DILATION_H - PAD_TOP;
    let row = (id.z * H + min(iy, H - 1)) * W;
    for (var kx = 0u; kx < KW; kx++) {
      let left = ox * STRIDE_W + kx * DILATION_W - PAD_LEFT;
      let x# = left + # * STRIDE_W;
      let at# = (row + min(x#, W - 1)) * IV;
      let in# = iy < H && x# < W;
      for (var i = 0u; i < IV; i++) {
        let p# = select(vec4f(0), x[at# + i], in#);
        let wa = blockOf(weight[w]);
        a# += wa * p#;
        let wb = blockOf(weight[w + 4]);
        b# += wb * p#;
        w += 8;
      }
    }
  }

  let pixel = (id.z * HO + oy) * WO + ox;
  let isInside = oy < HO;
  let both = isInside && o + 1 < OV;
  if (isInside && ox + # < WO) { y[(pixel + #) * OV + o] = activate(a# + residual(pixel + #, o)); }
  if (both && ox + # < WO) { y[(pixel + #) * OV + o + 1] = activate(b# + residual(pixel + #, o + 1)); }
}
