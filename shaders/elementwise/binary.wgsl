// After    activation.wgsl: activate()
// binary: two tensors, number by number, the smaller one repeated (ONNX's Add, Sub, Mul, Div, PRelu).
//   y[b,i,j,k] = act( x[b,i,j,k] OP z[b,i,j,k] ),  where an index of x or z is 0 if that axis has length 1
//   OP 0 x + z    1 x - z    2 x z    3 x / z    4 PRelu: x < 0 ? z x : x
// Idea     ONNX repeats the smaller tensor along the axes where its length is 1. Nothing is copied for that: the
//          tensor's stride along such an axis is 0, so every index reads the same number again. An invocation computes
//          one number of y: it splits its own number into the indices i, j and k, and finds the numbers of x and z by
//          their strides. OP is an override, so the driver can keep one case of the switch and drop the others.
// Layout   y (B,D0,D1,D2), dense; x and z with their own strides, 0 along a repeated axis. Only the first USED
//          numbers of the last axis have a meaning; the rest is padding and becomes 0 (a quotient might be infinite).
// Threads  one per number of y; z is the batch.

override OP: u32;
override D0: u32; override D1: u32; override D2: u32; override USED: u32;
override X_B: u32; override X0: u32; override X1: u32; override X2: u32;
override Z_B: u32; override Z0: u32; override Z1: u32; override Z2: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= D0 * D1 * D2) { return; }
  let k = at % D2;
  let out = id.z * D0 * D1 * D2 + at;
  if (k >= USED) { y[out] = 0; return; }
  let j = at / D2 % D1;
  let i = at / D2 / D1;
  let u = x[id.z * X_B + i * X0 + j * X1 + k * X2];
  let v = z[id.z * Z_B + i * Z0 + j * Z1 + k * Z2];
  var r: f32;
  switch OP {
    case 0: { r = u + v; }
    case 1: { r = u - v; }
    case 2: { r = u * v; }
    case 3: { r = u / v; }
    default: { r = select(u, v * u, u < 0); }
  }
  y[out] = activate(vec4f(r)).x;
}
