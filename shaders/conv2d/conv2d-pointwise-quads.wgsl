// After    quads.wgsl: blockOf() · residual.wgsl: residual() · activation.wgsl: activate()
// conv2d, pointwise, quads: conv2d-pointwise, where the four invocations of a quad share the weights that they load.
//   On SwiftShader 1.2 to 1.8 times as fast (24 to 256 channels).
//   A line with # in it is repeated PIXELS times, for # = 0, 1, .. (repeat.ts).
// Idea     In conv2d-pointwise, every invocation loads all the weights that it uses. Here all invocations of a
//          workgroup compute the same 8 channels, so they need the same weights. Each one loads a quarter of them, and
//          blockOf() hands it to the other three of its quad without memory: 2 loads for each eight that
//          conv2d-pointwise makes.
// Layout   x (T,I4), T pixels of the whole batch · weight (O8/8,I4/4,2,4): columns of 4x4 blocks · bias (O8)
//          · z as in residual.wgsl · y (T,O4).
// Threads  x: tiles of PIXELS pixels; y: blocks of 8 output channels.

override T: u32; override I: u32; override O: u32; override PIXELS: u32; override LANES: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
const Z = 3; // the binding of z, which residual.wgsl declares
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) own: u32) {
  let IV = (I + 3) / 4;
  let OV = (O + 3) / 4;
  let first = id.x * PIXELS;
  let o = id.y * 2;

  // An invocation past the last pixel does not return: the others of its quad need the weights that it loads.
  let at# = min(first + #, T - 1) * IV;
  var a# = bias[o]; var b# = bias[o + 1];
  var w = id.y * IV * 8 + own % 4;
  for (var i = 0u; i < IV; i++) {
    let p# = x[at# + i];
    let wa = blockOf(weight[w]);
    a# += wa * p#;
    let wb = blockOf(weight[w + 4]);
    b# += wb * p#;
    w += 8;
  }

  let both = o + 1 < OV;
  if (first + # < T) { y[(first + #) * OV + o] = activate(a# + residual(first + #, o)); }
  if (both && first + # < T) { y[(first + #) * OV + o + 1] = activate(b# + residual(first + #, o + 1)); }
}
