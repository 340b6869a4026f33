// normalizer: divides each row by its norm (Normalizer of ai.onnx.ml).
//   y[b,i] = x[b,i] / n    NORM 0  n = max_i x[b,i]    1  n = sum_i |x[b,i]|    2  n = sqrt( sum_i x[b,i]² )
//   A row whose n is 0 is not changed. NORM 0 takes the maximum with its sign, as onnxruntime does.
// Idea     Every number of a row is divided by the row's norm, and the norm depends on all of them. So a workgroup
//          takes a row: its lanes share the numbers and join their parts in a tree. The last barrier lets every lane
//          read the norm before it divides its numbers. The three norms differ only in what they take from a number and
//          in how they join two, so one kernel serves them all.
// Layout   x, y (B,I).
// Threads  a workgroup for a row: lanes stride over i, then reduce in a tree; z is the batch.

override I: u32;
override NORM: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

var<workgroup> lanes: array<f32, 64>;

fn join(a: f32, b: f32) -> f32 { return select(a + b, max(a, b), NORM == 0); }

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.z * I;
  var n = select(0.0, -3.4028234e38, NORM == 0);
  for (var i = lane; i < I; i += 64) {
    let v = x[row + i];
    n = join(n, select(select(abs(v), v * v, NORM == 2), v, NORM == 0));
  }
  lanes[lane] = n;
  for (var half = 32u; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { lanes[lane] = join(lanes[lane], lanes[lane + half]); }
  }
  workgroupBarrier();
  n = select(lanes[0], sqrt(lanes[0]), NORM == 2);
  n = select(n, 1.0, n == 0);
  for (var i = lane; i < I; i += 64) { y[row + i] = x[row + i] / n; }
}
