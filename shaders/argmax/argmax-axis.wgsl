// argmax-axis: the index of the largest or smallest number along an axis (ONNX's ArgMax and ArgMin).
//   y[b,o,n] = argmax_i x[b,o,i,n]
//   SIGN 1: the largest; -1: the smallest. Of equal numbers the first one, or with LAST the last one.
// Idea     Whatever axis is meant, the tensor consists of OUTER blocks of N x INNER numbers, so one kernel serves all
//          axes, while argmax serves only the last one. An invocation goes along the axis once, and keeps the best
//          number so far and its index. Every number is first multiplied by SIGN: the smallest number of x is the
//          largest of -x, so one comparison is enough for both operators.
// Layout   x (B,OUTER,N,INNER) · y (B,OUTER,INNER), a whole number as f32.
// Threads  one per (o,n); z is the batch.

override OUTER: u32; override N: u32; override INNER: u32;
override SIGN: f32; override LAST: bool;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= OUTER * INNER) { return; }
  let first = (id.z * OUTER + at / INNER) * N * INNER + at % INNER;
  var best = SIGN * x[first];
  var place = 0u;
  for (var i = 1u; i < N; i++) {
    let v = SIGN * x[first + i * INNER];
    if (v > best || (LAST && v == best)) { best = v; place = i; }
  }
  y[id.z * OUTER * INNER + at] = f32(place);
}
