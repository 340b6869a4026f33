// After    enable-subgroups.wgsl · activation.wgsl: activate()
// dense, subgroups: dense-tiled for one row, where each subgroup adds the sums of its lanes.
//   On SwiftShader, whose subgroups have four lanes, 1.2 times as fast as dense-tiled with as many lanes (160 to 64).
// Idea     In dense-tiled, every lane writes its sums to workgroup memory, all lanes wait at a barrier, and a few of
//          them add everything. Here subgroupAdd() first adds the sums of the lanes of a subgroup, without workgroup
//          memory and without waiting. Workgroup memory then receives two vec4f for each subgroup instead of two for
//          each lane, so that less remains to be added after the barrier.
// Layout   x (T,I) · weight (O8/8,I/4,2) of 4x4 blocks, a column for each input · bias (O8) · y (T,O).
// Threads  workgroups x: blocks of 8 outputs, y: rows; lanes stride over the inputs, in fours.

override T: u32; override I: u32; override O: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<mat4x4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

var<workgroup> sums: array<vec4f, 128>; // two for each subgroup; there are at most as many subgroups as lanes

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_invocation_id) own: u32,
  @builtin(subgroup_size) size: u32,
) {
  let IV = I / 4;
  var a = vec4f();
  var b = vec4f();
  for (var i = lane; i < IV; i += 64) {
    let p = x[group.y * IV + i];
    let w = (group.x * IV + i) * 2;
    a += weight[w] * p;
    b += weight[w + 1] * p;
  }
  // Each subgroup consists of consecutive lanes.
  let all = array(subgroupAdd(a), subgroupAdd(b));
  if (own == 0) {
    sums[lane / size * 2] = all[0];
    sums[lane / size * 2 + 1] = all[1];
  }
  workgroupBarrier();

  let o = group.x * 2 + lane;
  if (lane >= 2 || 4 * o >= O) { return; }
  var sum = bias[o];
  for (var k = lane; k < (63 / size + 1) * 2; k += 2) { sum += sums[k]; }
  let outputs = activate(sum);
  for (var k = 0u; k < 4 && 4 * o + k < O; k++) { y[group.y * O + 4 * o + k] = outputs[k]; }
}
