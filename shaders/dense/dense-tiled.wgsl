// After    blocks-f32.wgsl or blocks-f16.wgsl: Block · activation.wgsl: activate()
// dense, tiled: dense for weights that all items share and I a multiple of four. Each workgroup computes ROWS rows
//   x 8 outputs.
//   A line with # in it is repeated ROWS times, for # = 0, 1, .. (repeat.ts); ROWS and LANES become constants (fix.ts).
//   On SwiftShader 11 times as fast as dense for one row of 4608 to 128.
// Idea     In dense, two numbers that are loaded serve one multiply-add, and every output needs the barriers of its own
//          tree. Here a lane's loads (ROWS x 4 inputs, two 4x4 blocks of weights) serve 8 ROWS multiply-adds of vec4f.
//          The lanes stride over the inputs, so each of them has a part of every sum of the workgroup. There is one
//          barrier, at the end: after it, each lane adds all lanes' parts of some sums.
// Layout   x (T,I), T rows of the whole batch · weight (O8/8,I/4,2) of 4x4 blocks, a column for each input · bias (O8)
//          · y (T,O).
// Threads  workgroups x: blocks of 8 outputs, y: ROWS rows; lanes stride over the inputs, in fours.

override T: u32; override I: u32; override O: u32;
override ROWS: u32; override LANES: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<Block>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

var<workgroup> sums: array<vec4f, LANES * 2 * ROWS>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let IV = I / 4;
  let first = group.y * ROWS;
  let row# = min(first + #, T - 1) * IV;
  var a# = vec4f(); var b# = vec4f();
  for (var i = lane; i < IV; i += LANES) {
    let w = (group.x * IV + i) * 2;
    let p# = x[row# + i];
    let wa = mat4x4f(weight[w]);
    a# += wa * p#;
    let wb = mat4x4f(weight[w + 1]);
    b# += wb * p#;
  }
  let own = lane * 2 * ROWS;
  sums[own + 2 * #] = a#; sums[own + 2 * # + 1] = b#;
  workgroupBarrier();

  for (var j = lane; j < 2 * ROWS; j += LANES) {
    let row = first + j / 2;
    let o = group.x * 2 + j % 2;
    if (row >= T) { return; }
    var sum = bias[o];
    for (var k = 0u; k < LANES; k++) { sum += sums[k * 2 * ROWS + j]; }
    let outputs = activate(sum);
    for (var k = 0u; k < 4 && 4 * o + k < O; k++) { y[row * O + 4 * o + k] = outputs[k]; }
  }
}
