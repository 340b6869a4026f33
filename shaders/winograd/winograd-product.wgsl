// winograd-product: the second pass, a matrix product over the channels for each of the 36 numbers of a tile.
//   m[k,t,o] = sum_i u[k,o,i] v[k,t,i]
//   A line with # in it is repeated ROWS times, for # = 0, 1, .. (repeat.ts).
// Idea     The 36 numbers of a tile, which winograd-input computed, do not meet each other in this pass. For each of
//          them, the tiles and input channels are a matrix, which is multiplied by a matrix of weights, so there are 36
//          matrix products. An invocation computes ROWS tiles x 8 channels, as conv2d-tiled computes pixels, so that
//          what it loads serves many multiply-adds. But it reads v in order, and no tile that is read lies outside.
// Layout   v (36,T,I4), T tiles of the whole batch · u (36,O8/8,I4/4,2) of 4x4 blocks, a column for each input channel
//          · m (36,T,O4).
// Threads  x: ROWS tiles; y: blocks of 8 output channels; z: 36.

override T: u32; override I: u32; override O: u32; override ROWS: u32;

@group(0) @binding(0) var<storage, read> v: array<vec4f>;
@group(0) @binding(1) var<storage, read> u: array<mat4x4f>;
@group(0) @binding(2) var<storage, read_write> m: array<vec4f>;

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let IV = (I + 3) / 4;
  let OV = (O + 3) / 4;
  let first = id.x * ROWS;
  let o = id.y * 2;
  if (first >= T || o >= OV) { return; }

  let row# = (id.z * T + min(first + #, T - 1)) * IV;
  var a# = vec4f(); var b# = vec4f();
  var w = (id.z * ((O + 7) / 8) + id.y) * IV * 2;
  for (var i = 0u; i < IV; i++) {
    let p# = v[row# + i];
    let wa = u[w];
    a# += wa * p#;
    let wb = u[w + 1];
    b# += wb * p#;
    w += 2;
  }

  let out = (id.z * T + first) * OV + o;
  let both = o + 1 < OV;
  if (first + # < T) { m[out + # * OV] = a#; }
  if (both && first + # < T) { m[out + # * OV + 1] = b#; }
}
