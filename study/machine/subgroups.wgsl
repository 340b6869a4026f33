// After    enable-subgroups.wgsl
// subgroups: shows which subgroup each invocation runs in, and adds
//   the numbers of its lanes without memory.
//   y[lane] = (first lane, number in the subgroup, size, sum)
// Layout   y (128) of four numbers.
// Threads  one workgroup of 128.

@group(0) @binding(0) var<storage, read_write> y: array<vec4u>;

@compute @workgroup_size(128)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_invocation_id) own: u32,
  @builtin(subgroup_size) size: u32,
) {
  // The first lane's number names the subgroup.
  let first = subgroupBroadcastFirst(lane);
  let sum = subgroupAdd(lane);
  y[lane] = vec4u(first, own, size, sum);
}
