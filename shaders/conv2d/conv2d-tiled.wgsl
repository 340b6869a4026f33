// After    blocks-f32.wgsl or blocks-f16.wgsl: Block · residual.wgsl: residual() · activation.wgsl: activate()
// conv2d, tiled: the same sum as conv2d, for GROUPS = 1. Each thread computes PIXELS pixels of a row x 8 channels.
//   A line with # in it is repeated PIXELS times, for # = 0, 1, .. (repeat.ts).
//   On SwiftShader, 4 pixels: 6 to 8 times as fast as conv2d, 2.2 against 0.3 GFLOP/s (3x3, 48 to 192 channels at 24x24
//   to 6x6, batch 8); 6 pixels, if they fill the rows: another 1.2 to 1.5 times as fast. The kernel with one pixel
//   compiles in half the time of four, and is still 4 times as fast as conv2d: networks start with it.
// Idea     In conv2d, every multiply-add loads two numbers of its own, and loading takes longer than multiplying. Here
//          an invocation computes PIXELS neighbouring pixels, each in 8 output channels, so each number of x that it
//          loads serves 8 sums, and each weight PIXELS sums. With 4 pixels, one round of its loop loads 4 input
//          channels of 4 pixels and two 4x4 blocks of weights, 16 + 32 numbers, and makes 128 multiply-adds with them;
//          conv2d would load 256 numbers for as many. A line such as a0 += wa * p0 multiplies a block of weights by
//          four channels of a pixel: 16 multiply-adds. The sums are named variables, because many drivers (which
//          compile the kernel) keep an array that a loop indexes in memory instead of registers.
// Layout   x (B,H,W,I4) · weight (O8/8,KH,KW,I4/4,2) of 4x4 blocks, a column for each input channel
//          · bias (O8) · z as in residual.wgsl · y (B,HO,WO,O4).
// Threads  x: tiles of PIXELS pixels, row after row; y: blocks of 8 output channels; z: the batch.

override I: u32; override H: u32; override W: u32;
override O: u32; override HO: u32; override WO: u32;
override KH: u32; override KW: u32;
override STRIDE_H: u32; override STRIDE_W: u32;
override PAD_TOP: u32; override PAD_LEFT: u32;
override DILATION_H: u32; override DILATION_W: u32;
override PIXELS: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<Block>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
const Z = 3; // the binding of z, which residual.wgsl declares
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let IV = (I + 3) / 4;
  let OV = (O + 3) / 4;
  let tiles = (WO + PIXELS - 1) / PIXELS;
  let oy = id.x / tiles;
  let ox = id.x % tiles * PIXELS;
  let o = id.y * 2;
  if (oy >= HO || o >= OV) { return; }

  var a# = bias[o]; var b# = bias[o + 1];
  for (var ky = 0u; ky < KH; ky++) {
    // Left of or above the picture the unsigned difference wraps to a huge number, so one test is enough.
    let iy = oy * STRIDE_H + ky * DILATION_H - PAD_TOP;
    if (iy >= H) { continue; }
    let row = (id.z * H + iy) * W;
    for (var kx = 0u; kx < KW; kx++) {
      let left = ox * STRIDE_W + kx * DILATION_W - PAD_LEFT;
      let x# = left + # * STRIDE_W;
      let at# = (row + min(x#, W - 1)) * IV;
      var w = ((id.y * KH + ky) * KW + kx) * IV * 2;
      // A grey picture has one channel; the other three lanes are padding.
      if (I == 1) {
        let g# = select(0, x[at#].x, x# < W);
        a# += vec4f(weight[w][0]) * g#;
        b# += vec4f(weight[w + 1][0]) * g#;
        continue;
      }
      for (var i = 0u; i < IV; i++) {
        let p# = select(vec4f(0), x[at# + i], x# < W);
        let wa = mat4x4f(weight[w]);
        a# += wa * p#;
        let wb = mat4x4f(weight[w + 1]);
        b# += wb * p#;
        w += 2;
      }
    }
  }

  let pixel = (id.z * HO + oy) * WO + ox;
  let both = o + 1 < OV;
  if (ox + # < WO) { y[(pixel + #) * OV + o] = activate(a# + residual(pixel + #, o)); }
  if (both && ox + # < WO) { y[(pixel + #) * OV + o + 1] = activate(b# + residual(pixel + #, o + 1)); }
}
