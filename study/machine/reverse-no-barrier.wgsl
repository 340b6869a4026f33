// reverse-no-barrier: reverses the numbers of each workgroup.
//   It is wrong: nothing waits until the tile is full.
// Layout   x, y (workgroups,128).
// Threads  one per number.

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

var<workgroup> tile: array<u32, 128>; // WebGPU fills it with zeros

@compute @workgroup_size(128)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  tile[lane] = x[id.x];
  y[id.x] = tile[127 - lane]; // another invocation's number
}
