// After    quads.wgsl: blockOf()
// winograd-product, quads: winograd-product, where the four invocations of a quad share the numbers of u they load.
//   On SwiftShader the three passes together are up to 1.5 times as fast (32 to 256 channels at 24x24 to 6x6, batch 8).
//   A line with # in it is repeated ROWS times, for # = 0, 1, .. (repeat.ts).
// Idea     In winograd-product, every invocation loads two whole 4x4 blocks of u for each four input channels. Here all
//          invocations of a workgroup compute the same 8 channels of the same number of a tile, so they need the same
//          blocks. Each one loads a quarter of u, and blockOf() hands it to the other three of its quad without memory.
// Layout   v (36,T,I4), T tiles of the whole batch · u (36,O8/8,I4/4,2,4): columns of 4x4 blocks · m (36,T,O4).
// Threads  x: ROWS tiles; y: blocks of 8 output channels; z: 36.

override T: u32; override I: u32; override O: u32; override ROWS: u32; override LANES: u32;

@group(0) @binding(0) var<storage, read> v: array<vec4f>;
@group(0) @binding(1) var<storage, read> u: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> m: array<vec4f>;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) own: u32) {
  let IV = (I + 3) / 4;
  let OV = (O + 3) / 4;
  let first = id.x * ROWS;
  let o = id.y * 2;

  // An invocation past the last tile does not return: the others of its quad need what it loads.
  let row# = (id.z * T + min(first + #, T - 1)) * IV;
  var a# = vec4f(); var b# = vec4f();
  var w = (id.z * ((O + 7) / 8) + id.y) * IV * 8 + own % 4;
  for (var i = 0u; i < IV; i++) {
    let p# = v[row# + i];
    let wa = blockOf(u[w]);
    a# += wa * p#;
    let wb = blockOf(u[w + 4]);
    b# += wb * p#;
    w += 8;
  }

  let out = (id.z * T + first) * OV + o;
  let both = o + 1 < OV;
  if (first + # < T) { m[out + # * OV] = a#; }
  if (both && first + # < T) { m[out + # * OV + 1] = b#; }
}
