// nothing: a dispatch of one workgroup that writes one number, to measure what a dispatch, a pass and a submission cost.
// Threads  64; one of them writes.
// Honest   Each dispatch writes the same number, so that it has to wait for the one before it.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x == 0) {
    y[0] += x[0];
  }
}
