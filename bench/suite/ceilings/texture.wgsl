// texture: reads every texel of an rgba8unorm texture once, in blocks of 8 x 8.
// Threads  one per texel.
// Honest   A sum decides whether y is written, so no read is dead code; it is never above 4.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(1) @binding(0) var picture: texture_2d<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (dot(textureLoad(picture, id.xy, 0), vec4f(x[0])) > 4) {
    y[0] = 1;
  }
}
