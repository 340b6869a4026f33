// After    activation.wgsl: activate()
// affine: a scale and a shift for each channel, for Scaler and for a BatchNormalization that could not be folded.
//   y[b,p,c] = act( x[b,p,c] scale[c] + shift[c] )
// Idea     Both operators can be written as a multiplication and an addition with constants for each channel, which are
//          computed when the network is compiled. Each number is independent, so one invocation computes one number. It
//          finds the channel from its own number: INNER is the distance from a channel to the next, so the same formula
//          serves channels that are last and channels that are first.
// Layout   x, y (B,P,CS) if channels are last, or (B,CS,P) if they are first; scale, shift (C).
// Threads  one per number; z is the batch.

override C: u32;
override SIZE: u32;   // numbers in an item
override INNER: u32;  // distance between two channels of a pixel: 1, or P if channels are first
override CS: u32;     // channels with padding

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read> shift: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= SIZE) { return; }
  let c = min(at / INNER % CS, C - 1);
  let out = id.z * SIZE + at;
  y[out] = activate(vec4f(x[out] * scale[c] + shift[c])).x;
}
