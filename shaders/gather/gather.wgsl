// gather: numbers of x along one axis, at indices that are data (ONNX's Gather and GatherElements).
//   y[b,o,k,n] = x[b, o, j, n],  j = indices[b IB + o IO + k IK + n IN]; j below 0 counts from the end
// Idea     Which numbers are read is only known when the network runs, for example the vectors of the words of a text.
//          Each invocation writes one number of y: it reads an index first, and then the number at that index. The
//          strides of the indices let one kernel serve both operators: in Gather a whole slice shares an index (IO and
//          IN are 0), and in GatherElements every number has its own. A kernel cannot report an error, so an index
//          outside is moved to the nearest number inside.
// Layout   x (B,O,A,INNER), XB 0 when all items share it · indices: whole numbers as f32 · y (B,O,K,INNER).
// Threads  one per number of y; z is the batch.

override SIZE: u32;  // O K INNER
override K: u32; override INNER: u32; override A: i32;
override XB: u32; override IB: u32; override IO: u32; override IK: u32; override IN: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> indices: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= SIZE) { return; }
  let n = at % INNER;
  let k = at / INNER % K;
  let o = at / INNER / K;
  var j = i32(round(indices[id.z * IB + o * IO + k * IK + n * IN]));
  if (j < 0) { j += A; }
  let source = o * u32(A) + u32(clamp(j, 0, A - 1));
  y[id.z * SIZE + at] = x[id.z * XB + source * INNER + n];
}
