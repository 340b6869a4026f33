// binarizer: 1 for numbers above a threshold, else 0.
//   y[b,i] = x[b,i] > THRESHOLD ? 1 : 0
// Idea     Each result depends on one number of x only, so there is one invocation for each number, and none of them
//          waits for another. The comparison is strict: a number that is equal to the threshold becomes 0, as ONNX
//          defines it.
// Layout   x, y (B,SIZE).
// Threads  one per number; z is the batch.

override SIZE: u32; override THRESHOLD: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (i >= SIZE) { return; }
  y[id.z * SIZE + i] = select(0.0, 1.0, x[id.z * SIZE + i] > THRESHOLD);
}
