// copy: moves numbers from one arrangement to another: Transpose, Pad, Slice, Concat (one dispatch for each input), and
//   the change between row-major (B,C,H,W) and channels-last tensors.
//   y[b YB + Y0 + i·YS] = x[b XB + i·XS - X0]  if LOW <= i < HIGH on every axis, else FILL
//   for every i in (D0,D1,D2,D3)
// Idea     All these operators only give the numbers other places, and a place is a sum of indices times strides. So
//          one kernel serves them all: a Transpose exchanges strides, a Slice moves the origin of x, a Concat moves the
//          origin of y, and a Pad limits the indices at which x is read. An invocation writes one number of y. It
//          splits its own number into four indices, and reads x only if every index is within its limits. An
//          arrangement with more axes is done by copy-many.
// Layout   x and y have strides. Those of x may be 0, to repeat an axis, or negative, to reverse it; X0 moves the
//          origin.
// Threads  one per i; z is the batch.

override D0: u32; override D1: u32; override D2: u32; override D3: u32;
override LOW0: u32; override LOW1: u32; override LOW2: u32; override LOW3: u32;
override HIGH0: u32; override HIGH1: u32; override HIGH2: u32; override HIGH3: u32;
override XB: u32; override XS0: i32; override XS1: i32; override XS2: i32; override XS3: i32;
override YB: u32; override YS0: u32; override YS1: u32; override YS2: u32; override YS3: u32;
override X0: i32; override Y0: u32;
override FILL: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= D0 * D1 * D2 * D3) { return; }
  let i = vec4u(at / (D3 * D2 * D1), at / (D3 * D2) % D1, at / D3 % D2, at % D3);
  let low = vec4u(LOW0, LOW1, LOW2, LOW3);
  let high = vec4u(HIGH0, HIGH1, HIGH2, HIGH3);
  let out = id.z * YB + Y0 + dot(i, vec4u(YS0, YS1, YS2, YS3));
  if (all(i >= low) && all(i < high)) {
    y[out] = x[u32(i32(id.z * XB) + dot(vec4i(i), vec4i(XS0, XS1, XS2, XS3)) - X0)];
  } else {
    y[out] = FILL;
  }
}
