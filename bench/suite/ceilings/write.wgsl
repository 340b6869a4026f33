// write: writes every vec4f of y once. Neighbouring threads write neighbouring vectors.
// Threads  one per vec4f.
// Honest   The value depends on x and on the thread, so that a driver can't replace the kernel by a fill.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  y[id.x] = vec4f(x[id.x % 64]);
}
