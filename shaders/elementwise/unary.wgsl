// After    activation.wgsl: activate()
// unary: an activation by itself.
//   y[e] = act( x[e] )
// Idea     This is the simplest kernel: an invocation reads one number, applies the activation and writes one number,
//          and no invocation needs another. A GPU starts whole workgroups, of 64 invocations here, so the last
//          workgroup may have more invocations than numbers are left. Each invocation therefore first checks that its
//          number exists. Networks use this kernel only where the activation is not part of the kernel before it.
// Layout   x, y: any, the same for both.
// Threads  one per number; z is the batch.

override SIZE: u32;  // numbers in an item

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= SIZE) { return; }
  y[id.z * SIZE + at] = activate(vec4f(x[id.z * SIZE + at])).x;
}
