// copy: y = x, which reads and writes memory at the maximum rate.
// Threads  one per vec4f.
// Honest   The buffers are larger than the caches of most GPUs (128 MiB; 16 MiB on a software adapter).

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  y[id.x] = x[id.x];
}
