// sum-workgroup: the same sums as sum-storage. The 64 numbers are first
//   copied to workgroup memory, and read from there.
// Layout   x, y (64 per workgroup).
// Threads  one per number of y; each copies one number.

override ROUNDS: u32;

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

var<workgroup> tile: array<u32, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  tile[lane] = x[group.x * 64 + lane];
  workgroupBarrier(); // explained in part 6
  var sum = 0u;
  for (var i = 0u; i < ROUNDS; i++) {
    sum += tile[(lane + i) % 64];
  }
  y[group.x * 64 + lane] = sum;
}
