// normalize: brings groups of numbers to a common scale: ONNX's LayerNormalization, InstanceNormalization,
//   GroupNormalization, RMSNormalization, MeanVarianceNormalization and LpNormalization.
//   y[b,o,n,i] = (x[b,o,n,i] - m) / s scale[k] + bias[k],  k = (o,n,i) / REPEAT mod COUNT, with (o,n,i) as one index
//   KIND 0  m = mean_n x    s = sqrt( mean_n (x - m)² + EPSILON )      1  m = 0    s = sqrt( mean_n x² + EPSILON )
//        2  m = 0           s = sum_n |x|                              3  m = 0    s = sqrt( sum_n x² )
//   A group whose s is 0 consists of equal numbers; (x - m) / s is then 0.
// Idea     Every result of a group needs the sums over the whole group, so a workgroup takes a group, and its lanes
//          share the numbers. They go through the group up to three times: for the mean, for s, and for the results.
//          After each sum, total() adds the parts of all lanes in a tree, and its last barrier lets every lane read the
//          sum. The mean is subtracted before the squares are added: the difference of mean x² and m² would lose all
//          digits where m is large.
// Layout   x, y (B,OUTER,N,INNER) · scale, bias (COUNT).
// Threads  a workgroup for a group, per (outer, inner): lanes stride over n, then reduce in a tree; z is the batch.

override OUTER: u32; override N: u32; override INNER: u32;
override KIND: u32;
override REPEAT: u32; override COUNT: u32;
override EPSILON: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

var<workgroup> lanes: array<f32, 64>;

/** The sum of all lanes' values. */
fn total(v: f32, lane: u32) -> f32 {
  workgroupBarrier(); // until all lanes have read the sum before
  lanes[lane] = v;
  for (var half = 32u; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { lanes[lane] += lanes[lane + half]; }
  }
  workgroupBarrier();
  return lanes[0];
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  // The grid may be larger than needed. The workgroups at its end repeat the last one, since barriers follow.
  let at = min(group.x + group.y * groups.x, OUTER * INNER - 1); // workgroups are folded into rows (plan.ts)
  let item = group.z * OUTER * N * INNER;
  let first = at / INNER * N * INNER + at % INNER;

  var m = 0.0;
  if (KIND == 0) {
    for (var n = lane; n < N; n += 64) { m += x[item + first + n * INNER]; }
    m = total(m, lane) / f32(N);
  }
  var s = 0.0;
  for (var n = lane; n < N; n += 64) {
    let d = x[item + first + n * INNER] - m;
    s += select(d * d, abs(d), KIND == 2);
  }
  s = total(s, lane);
  if (KIND < 2) { s = s / f32(N) + EPSILON; }
  if (KIND != 2) { s = sqrt(s); }
  s = select(s, 1.0, s == 0);
  for (var n = lane; n < N; n += 64) {
    let p = first + n * INNER;
    let k = p / REPEAT % COUNT;
    y[item + p] = (x[item + p] - m) / s * scale[k] + bias[k];
  }
}
