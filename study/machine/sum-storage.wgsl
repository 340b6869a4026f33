// sum-storage: every invocation adds numbers of its workgroup's part
//   of x, which it reads from storage.
//   y[t] = sum_i x[64 group + (lane + i) mod 64],  i < ROUNDS
// Layout   x, y (64 per workgroup).
// Threads  one per number of y.

override ROUNDS: u32;

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  var sum = 0u; // in a register
  for (var i = 0u; i < ROUNDS; i++) {
    sum += x[group.x * 64 + (lane + i) % 64];
  }
  y[group.x * 64 + lane] = sum;
}
