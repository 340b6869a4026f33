// softmax, lanes: softmax, with the numbers of a row shared among 64 lanes: for long rows.
// Idea     In softmax, one invocation goes through a whole row three times. Here the 64 lanes of a workgroup share a
//          row: each lane takes every 64th number. The largest number and the sum are both found in a tree in workgroup
//          memory, and a barrier lets every lane read them before it goes on. Each lane adds few numbers, so the sum of
//          a long row is more exact too.
// Layout   x, y (B,OUTER,N,INNER).
// Threads  a workgroup per (outer, inner): its lanes stride over n, then reduce in a tree; z is the batch.

override OUTER: u32; override N: u32; override INNER: u32;
override LOG: bool;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

var<workgroup> lanes: array<f32, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  // The grid may be larger than needed. The workgroups at its end compute the last row too, since barriers follow; they write nothing.
  let at = group.x + group.y * groups.x; // workgroups are folded into rows (plan.ts)
  let row = min(at, OUTER * INNER - 1);
  let first = (group.z * OUTER + row / INNER) * N * INNER + row % INNER;

  var largest = x[first];
  for (var n = lane; n < N; n += 64) { largest = max(largest, x[first + n * INNER]); }
  lanes[lane] = largest;
  for (var half = 32u; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { lanes[lane] = max(lanes[lane], lanes[lane + half]); }
  }
  workgroupBarrier();
  largest = lanes[0];
  workgroupBarrier();

  var sum = 0.0;
  for (var n = lane; n < N; n += 64) { sum += exp(x[first + n * INNER] - largest); }
  lanes[lane] = sum;
  for (var half = 32u; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { lanes[lane] += lanes[lane + half]; }
  }
  workgroupBarrier();
  sum = lanes[0];
  if (at > row) { return; }
  for (var n = lane; n < N; n += 64) {
    let v = x[first + n * INNER] - largest;
    y[first + n * INNER] = select(exp(v) / sum, v - log(sum), LOG);
  }
}
