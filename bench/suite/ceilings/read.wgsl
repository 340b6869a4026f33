// read: reads every vec4f of x once. Neighbouring threads read neighbouring vectors.
// Threads  one per 16 vectors.
// Honest   A sum of all vectors decides whether y is written, so no read is dead code. It is never written, since x
//          contains no number above 1.

override THREADS: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = vec4f();
  for (var i = 0u; i < 16; i++) {
    sum += x[id.x + i * THREADS];
  }
  if (any(sum > vec4f(1000))) {
    y[id.x % 64] = sum.x;
  }
}
