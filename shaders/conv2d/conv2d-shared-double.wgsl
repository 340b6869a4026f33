// After    residual.wgsl: residual() · activation.wgsl: activate()
// conv2d, shared, double: conv2d-shared with two tiles in workgroup memory.
//   Meant for GPUs with slow memory, and not measured on a GPU yet.
//   A line with # in it is repeated PIXELS times, for # = 0, 1, .. (repeat.ts); PIXELS becomes a constant (fix.ts).
// Idea     In conv2d-shared, all invocations of a workgroup wait at a barrier until a tile is loaded, and again before
//          the next one may overwrite it. Here workgroup memory has room for two tiles, which take turns: the
//          invocations load the next tile while they compute with this one. So the time that storage needs overlaps
//          with the arithmetic, and each tile needs one barrier instead of two.
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

// Two tiles, which take turns.
var<workgroup> pixels: array<vec4f, 32 * PIXELS>; // for each pixel, two groups of four channels
var<workgroup> blocks: array<mat4x4f, 64>; // for each block of 8 outputs: 2 groups of 4 inputs x 2 of 4 outputs

// Loads the tile of a step: 8 input channels of a tap.
fn load(step: u32, group: vec3u, lane: u32) {
  let IV = (I + 3) / 4;
  let i = step % ((IV + 1) / 2) * 2;
  let tap = step / ((IV + 1) / 2);
  let ky = tap / KW;
  let kx = tap % KW;
  for (var n = lane; n < 16 * PIXELS; n += 64) {
    let pixel = group.x * 8 * PIXELS + n % (8 * PIXELS);
    let c = i + n / (8 * PIXELS);
    // Left of or above the picture the unsigned difference wraps to a huge number, so one test is enough.
    let iy = pixel / WO * STRIDE_H + ky * DILATION_H - PAD_TOP;
    let ix = pixel % WO * STRIDE_W + kx * DILATION_W - PAD_LEFT;
    let at = ((group.z * H + min(iy, H - 1)) * W + min(ix, W - 1)) * IV + min(c, IV - 1);
    pixels[step % 2 * 16 * PIXELS + n] = select(vec4f(), x[at], iy < H && ix < W && c < IV);
  }
  if (lane < 32) {
    let block = group.y * 8 + lane / 4;
    let c = i + lane / 2 % 2;
    var w = mat4x4f();
    if (8 * block < O && c < IV) { w = weight[((block * KH * KW + tap) * IV + c) * 2 + lane % 2]; }
    blocks[step % 2 * 32 + lane] = w;
  }
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let OV = (O + 3) / 4;
  let steps = KH * KW * (((I + 3) / 4 + 1) / 2);
  let o = (group.y * 8 + local.y) * 2;

  var a# = vec4f(); var b# = vec4f();
  load(0, group, lane);
  for (var step = 0u; step < steps; step++) {
    workgroupBarrier(); // this tile is complete, and all threads have read the one before it
    if (step + 1 < steps) { load(step + 1, group, lane); }
    for (var c = 0u; c < 2; c++) {
      let p# = pixels[(step % 2 * 2 + c) * 8 * PIXELS + local.x + 8 * #];
      let wa = blocks[step % 2 * 32 + local.y * 4 + c * 2];
      a# += wa * p#;
      let wb = blocks[step % 2 * 32 + local.y * 4 + c * 2 + 1];
      b# += wb * p#;
    }
  }

  if (o >= OV) { return; }
  let both = o + 1 < OV;
  let t# = group.x * 8 * PIXELS + local.x + 8 * #; let out# = group.z * HO * WO + t#;
  if (t# < HO * WO) { y[out# * OV + o] = activate(a# + bias[o] + residual(out#, o)); }
  if (both && t# < HO * WO) { y[out# * OV + o + 1] = activate(b# + bias[o + 1] + residual(out#, o + 1)); }
}
