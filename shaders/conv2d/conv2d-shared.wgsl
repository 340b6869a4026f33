// After    residual.wgsl: residual() · activation.wgsl: activate()
// conv2d, shared: the same sum as conv2d-tiled, for GROUPS = 1, as a matrix product in tiles that a workgroup shares.
//   Meant for GPUs, where memory is slow, and not measured on a GPU yet. Software adapters only emulate workgroup
//   memory, so they do not use this kernel.
//   A line with # in it is repeated PIXELS times, for # = 0, 1, .. (repeat.ts); PIXELS becomes a constant (fix.ts).
// Idea     A workgroup computes 8 PIXELS pixels x 64 output channels, from 8 input channels of a tap (one ky and one
//          kx) at a time. Its invocations load these pixels and weights into workgroup memory together: a number that
//          eight invocations of conv2d-tiled load separately is loaded once. The first barrier waits until all of them
//          have read the previous tile, and the second one until the new tile is complete.
// Layout   x (B,H,W,I4) · weight (O8/8,KH,KW,I4/4,2) of 4x4 blocks, a column for each input channel
//          · bias (O8) · z as in residual.wgsl · y (B,HO,WO,O4).
// Threads  workgroups x: 8 PIXELS pixels, row after row; y: 8 blocks of 8 output channels; z: the batch. In a workgroup
//          x: PIXELS pixels, 8 apart; y: a block of 8 channels.

override I: u32; override H: u32; override W: u32;
override O: u32; override HO: u32; override WO: u32;
override KH: u32; override KW: u32;
override STRIDE_H: u32; override STRIDE_W: u32;
override PAD_TOP: u32; override PAD_LEFT: u32;
override DILATION_H: u32; override DILATION_W: u32;
override PIXELS: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<mat4x4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
const Z = 3; // the binding of z, which residual.wgsl declares
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

var<workgroup> pixels: array<vec4f, 16 * PIXELS>; // for each pixel, two groups of four channels
var<workgroup> blocks: array<mat4x4f, 32>; // for each block of 8 outputs: 2 groups of 4 inputs x 2 of 4 outputs

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let IV = (I + 3) / 4;
  let OV = (O + 3) / 4;
  let first = group.x * 8 * PIXELS;
  let o = (group.y * 8 + local.y) * 2;

  var a# = vec4f(); var b# = vec4f();
  for (var ky = 0u; ky < KH; ky++) {
    for (var kx = 0u; kx < KW; kx++) {
      for (var i = 0u; i < IV; i += 2) {
        workgroupBarrier(); // all threads have read the previous tile
        for (var n = lane; n < 16 * PIXELS; n += 64) {
          let pixel = first + n % (8 * PIXELS);
          let c = i + n / (8 * PIXELS);
          // Left of or above the picture the unsigned difference wraps to a huge number, so one test is enough.
          let iy = pixel / WO * STRIDE_H + ky * DILATION_H - PAD_TOP;
          let ix = pixel % WO * STRIDE_W + kx * DILATION_W - PAD_LEFT;
          let at = ((group.z * H + min(iy, H - 1)) * W + min(ix, W - 1)) * IV + min(c, IV - 1);
          pixels[n] = select(vec4f(), x[at], iy < H && ix < W && c < IV);
        }
        if (lane < 32) {
          let block = group.y * 8 + lane / 4;
          let c = i + lane / 2 % 2;
          var w = mat4x4f();
          if (2 * block < OV && c < IV) { w = weight[(((block * KH + ky) * KW + kx) * IV + c) * 2 + lane % 2]; }
          blocks[lane] = w;
        }
        workgroupBarrier();
        for (var c = 0u; c < 2; c++) {
          let p# = pixels[c * 8 * PIXELS + local.x + 8 * #];
          let wa = blocks[local.y * 4 + c * 2];
          a# += wa * p#;
          let wb = blocks[local.y * 4 + c * 2 + 1];
          b# += wb * p#;
        }
      }
    }
  }

  if (o >= OV) { return; }
  let both = o + 1 < OV;
  let t# = first + local.x + 8 * #; let out# = group.z * HO * WO + t#;
  if (t# < HO * WO) { y[out# * OV + o] = activate(a# + bias[o] + residual(out#, o)); }
  if (both && t# < HO * WO) { y[out# * OV + o + 1] = activate(b# + bias[o + 1] + residual(out#, o + 1)); }
}
