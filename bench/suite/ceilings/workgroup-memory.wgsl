// workgroup-memory: reads vec4f from the memory that a workgroup shares.
// Threads  one per number of y, ROUNDS x 8 reads each. A line with # in it is repeated eight times.
// Honest   Each read depends on the round, so it stays in the loop. Neighbouring threads read neighbouring vectors, so
//          that there are no bank conflicts. The sums are written.

override ROUNDS: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

var<workgroup> shared_x: array<vec4f, 512>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  for (var i = lane; i < 512; i += 64) {
    shared_x[i] = vec4f(x[i % 64]);
  }
  workgroupBarrier();
  var sum# = vec4f();
  for (var i = 0u; i < ROUNDS; i++) {
    sum# += shared_x[(lane + (i + #) * 64) % 512];
  }
  var sum = vec4f();
  sum += sum#;
  y[id.x] = dot(sum, vec4f(1));
}
