// resize-axis: each number of y is a weighted sum of numbers of x along one axis (ONNX's Resize; a step for each axis).
//   y[b,o,k,n] = sum_{t < T} weight x[b,o,source,n],  (source, weight) = taps[k T + t]
// Idea     ONNX has many ways to map coordinates and to interpolate. The CPU computes them once, into taps, so this
//          kernel only adds T numbers, each multiplied by a weight. An interpolation along several axes is done along
//          one axis after the other: with T taps on each of two axes, a number takes T products in each of two steps,
//          instead of T x T in one.
// Layout   x (B,OUTER,A,INNER) · taps (K,T) · y (B,OUTER,K,INNER).
// Threads  one per number of y; z is the batch.

override SIZE: u32;  // OUTER K INNER
override A: u32; override K: u32; override INNER: u32; override T: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> taps: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= SIZE) { return; }
  let n = at % INNER;
  let k = at / INNER % K;
  let first = (id.z * (SIZE / K / INNER) + at / INNER / K) * A;
  var sum = 0.0;
  for (var t = 0u; t < T; t++) {
    let tap = taps[k * T + t];
    sum += tap.y * x[(first + u32(tap.x)) * INNER + n];
  }
  y[id.z * SIZE + at] = sum;
}
