// After    blocks-f32.wgsl or blocks-f16.wgsl: Block · residual.wgsl: residual() · activation.wgsl: activate()
// conv2d, pointwise: conv2d-tiled without rows, for 1x1 kernels of stride 1, GROUPS = 1 and no padding.
//   A line with # in it is repeated PIXELS times, for # = 0, 1, .. (repeat.ts).
//   On SwiftShader 1.25 to 2 times as fast (BlazeFace's 1x1 convolutions, 28 to 96 channels at 64x64 to 8x8).
// Idea     A picture is here a matrix of pixels x channels, and the convolution is a matrix product with the weights.
//          As in conv2d-tiled, an invocation computes PIXELS pixels x 8 channels, so that each number that it loads
//          serves many multiply-adds. Unlike there, its tiles continue from row to row and from item to item. So only
//          the last tile is cut short, and no pixel that is read lies outside the picture.
// Layout   x (T,I4), T pixels of the whole batch · weight (O8/8,I4/4,2) of 4x4 blocks, a column for each input channel
//          · bias (O8) · z as in residual.wgsl · y (T,O4).
// Threads  x: tiles of PIXELS pixels; y: blocks of 8 output channels.

override T: u32; override I: u32; override O: u32; override PIXELS: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<Block>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
const Z = 3; // the binding of z, which residual.wgsl declares
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let IV = (I + 3) / 4;
  let OV = (O + 3) / 4;
  let first = id.x * PIXELS;
  let o = id.y * 2;
  if (first >= T || o >= OV) { return; }

  let at# = min(first + #, T - 1) * IV;
  var a# = bias[o]; var b# = bias[o + 1];
  var w = id.y * IV * 2;
  for (var i = 0u; i < IV; i++) {
    let p# = x[at# + i];
    let wa = mat4x4f(weight[w]);
    a# += wa * p#;
    let wb = mat4x4f(weight[w + 1]);
    b# += wb * p#;
    w += 2;
  }

  let both = o + 1 < OV;
  if (first + # < T) { y[(first + #) * OV + o] = activate(a# + residual(first + #, o)); }
  if (both && first + # < T) { y[(first + #) * OV + o + 1] = activate(b# + residual(first + #, o + 1)); }
}
