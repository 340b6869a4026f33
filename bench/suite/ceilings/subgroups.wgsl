// subgroups: adds and multiplies, with one operand from another lane of the subgroup.
//   A line with # in it is repeated eight times.
// Threads  one per number of y, ROUNDS x 8 times an addition, a multiplication and a broadcast each.
// Honest   Each broadcast reads a sum that the round before has changed. The factor is below 1/2, so the sums stay finite.

override ROUNDS: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = x[3];
  var a# = x[2] + f32(id.x % 64) / 64 + #;
  for (var i = 0u; i < ROUNDS; i++) {
    a# = (a# + subgroupBroadcast(a#, # % 4)) * m;
  }
  var sum = 0f;
  sum += a#;
  y[id.x] = sum;
}
