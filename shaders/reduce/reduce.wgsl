// After    reduction.wgsl: start(), take(), join(), finish()
// reduce: joins the numbers along one axis to one: ONNX's ReduceSum, ReduceMean, ReduceMax, ReduceL2 and so on.
//   y[b,o,i] = finish( join_n take(x[b,o,n,i]) ), with the functions of reduction.wgsl
// Idea     All reductions are one loop. They differ in the first value, in what is taken from a number, in how two
//          values are joined, and in a last step; these are the four functions of reduction.wgsl. One invocation joins
//          all N numbers of a result. KIND 9 goes through them twice, because it subtracts the largest number first.
// Layout   x (B,OUTER,N,INNER) · y (B,OUTER,INNER).
// Threads  one per (outer, inner); z is the batch.

override OUTER: u32; override INNER: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= OUTER * INNER) { return; }
  let first = (id.z * OUTER + at / INNER) * N * INNER + at % INNER;

  var m = 0.0;
  if (KIND == 9) {
    m = x[first];
    for (var n = 1u; n < N; n++) { m = max(m, x[first + n * INNER]); }
    m = bounded(m);
  }
  var v = start(x[first]);
  for (var n = 0u; n < N; n++) { v = join(v, take(x[first + n * INNER], m)); }
  y[id.z * OUTER * INNER + at] = finish(v, m);
}
