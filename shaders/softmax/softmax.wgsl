// softmax: softmax along one axis, or its logarithm (ONNX's Softmax and LogSoftmax).
//   y[b,o,n,i] = exp(x[b,o,n,i] - m) / s,  m = max_n x[b,o,n,i],  s = sum_n exp(x[b,o,n,i] - m)
//   LOG: y = x - m - log(s)
// Idea     Softmax turns any numbers into positive ones whose sum is 1. Since exp(89) is already too large for an f32,
//          the largest number is subtracted first; the quotient stays the same, and no exp is above 1. One invocation
//          goes through its row three times: for the largest number, for the sum, and for the results. LOG does not
//          take the logarithm of the quotient, because a quotient that is rounded to 0 has none.
// Layout   x, y (B,OUTER,N,INNER).
// Threads  one per (outer, inner); z is the batch.

override OUTER: u32; override N: u32; override INNER: u32;
override LOG: bool;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= OUTER * INNER) { return; }
  let first = (id.z * OUTER + at / INNER) * N * INNER + at % INNER;

  var largest = x[first];
  for (var n = 1u; n < N; n++) { largest = max(largest, x[first + n * INNER]); }
  var sum = 0.0;
  for (var n = 0u; n < N; n++) { sum += exp(x[first + n * INNER] - largest); }
  for (var n = 0u; n < N; n++) {
    let v = x[first + n * INNER] - largest;
    y[first + n * INNER] = select(exp(v) / sum, v - log(sum), LOG);
  }
}
