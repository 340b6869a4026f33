// After    reduction.wgsl: start(), take(), join(), finish()
// reduce, lanes: reduce, with the numbers shared among 64 lanes: for many numbers that become few.
// Idea     In reduce, one invocation joins all N numbers of a result; if there are few results, most of the GPU is
//          idle. Here the 64 lanes of a workgroup share the N numbers: each lane joins every 64th number, and the
//          lanes' parts are joined in a tree in workgroup memory. Each lane joins fewer numbers, so a long sum is more
//          exact too. KIND 9 uses the tree twice: first for the largest number, which all lanes then subtract, and then
//          for the sum.
// Layout   x (B,OUTER,N,INNER) · y (B,OUTER,INNER).
// Threads  a workgroup per (outer, inner): its lanes stride over n, then reduce in a tree; z is the batch.

override OUTER: u32; override INNER: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

var<workgroup> lanes: array<f32, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  // The grid may be larger than needed. The workgroups at its end repeat the last one, since barriers follow.
  let at = min(group.x + group.y * groups.x, OUTER * INNER - 1); // workgroups are folded into rows (plan.ts)
  let first = (group.z * OUTER + at / INNER) * N * INNER + at % INNER;

  var m = 0.0;
  if (KIND == 9) {
    m = x[first];
    for (var n = lane; n < N; n += 64) { m = max(m, x[first + n * INNER]); }
    lanes[lane] = m;
    for (var half = 32u; half > 0; half /= 2) {
      workgroupBarrier();
      if (lane < half) { lanes[lane] = max(lanes[lane], lanes[lane + half]); }
    }
    workgroupBarrier();
    m = bounded(lanes[0]);
    workgroupBarrier();
  }
  var v = start(x[first]);
  for (var n = lane; n < N; n += 64) { v = join(v, take(x[first + n * INNER], m)); }
  lanes[lane] = v;
  for (var half = 32u; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { lanes[lane] = join(lanes[lane], lanes[lane + half]); }
  }
  if (lane == 0) { y[group.z * OUTER * INNER + at] = finish(lanes[0], m); }
}
