// svm-probabilities-many: svm-probabilities for so many classes that workgroup memory has no room for its matrices.
//   Pairs are always coupled.
// Idea     For so many classes, the matrix r is in storage. The matrix q is not stored at all, because q[i,j] = -r[j,i]
//          r[i,j], and q[i,i] = sum_j r[j,i]² is one number for each class. A step of the iteration goes through all
//          classes, so here 64 invocations share it, while svm-probabilities has one invocation for a row. Each step
//          needs the step before, and workgroupUniformLoad() or a barrier waits for it.
// Layout   d (B,P) · a, b (P) · r (B,CLASSES,CLASSES), written and read here · p (B,CLASSES).
// Threads  one workgroup per row; a thread has every 64th class. All threads compute pQp by themselves.

override CLASSES: u32; override P: u32;

@group(0) @binding(0) var<storage, read> d: array<f32>;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> r: array<f32>;
@group(0) @binding(4) var<storage, read_write> p: array<f32>;

var<workgroup> qp: array<f32, CLASSES>;
var<workgroup> estimate: array<f32, CLASSES>;
var<workgroup> diagonals: array<f32, CLASSES>;
var<workgroup> errors: array<f32, 1>;

fn q(matrix: u32, i: u32, j: u32) -> f32 {
  if (i == j) { return diagonals[i]; }
  return -r[matrix + j * CLASSES + i] * r[matrix + i * CLASSES + j];
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let matrix = group.z * CLASSES * CLASSES;
  for (var i = thread; i < CLASSES; i += 64) {
    var pair = group.z * P + i * CLASSES - i * (i + 1) / 2;
    for (var j = i + 1; j < CLASSES; j++) {
      let ab = pair - group.z * P;
      let t = a[ab] * d[pair] + b[ab];
      let e = exp(-abs(t));  // never overflows
      let high = clamp(select(1 / (1 + e), e / (1 + e), t >= 0), 1e-7, 1 - 1e-7);
      r[matrix + i * CLASSES + j] = high;
      r[matrix + j * CLASSES + i] = 1 - high;
      pair++;
    }
  }
  storageBarrier();
  workgroupBarrier();
  for (var i = thread; i < CLASSES; i += 64) {
    estimate[i] = 1 / f32(CLASSES);
    var diagonal = 0.0;
    for (var j = 0u; j < CLASSES; j++) {
      if (j != i) { diagonal += r[matrix + j * CLASSES + i] * r[matrix + j * CLASSES + i]; }
    }
    diagonals[i] = diagonal;
  }

  workgroupBarrier();
  for (var round = 0u; round < max(100, CLASSES); round++) {
    for (var i = thread; i < CLASSES; i += 64) {
      var sum = 0.0;
      for (var j = 0u; j < CLASSES; j++) { sum += q(matrix, i, j) * estimate[j]; }
      qp[i] = sum;
    }
    workgroupBarrier();
    var pqp = 0.0;
    for (var i = 0u; i < CLASSES; i++) { pqp += estimate[i] * qp[i]; }
    if (thread == 0) {
      var error = 0.0;
      for (var i = 0u; i < CLASSES; i++) { error = max(error, abs(qp[i] - pqp)); }
      errors[0] = error;
    }
    if (workgroupUniformLoad(&errors[0]) < 0.005 / f32(CLASSES)) { break; }

    for (var i = 0u; i < CLASSES; i++) {
      let own = workgroupUniformLoad(&qp[i]);
      let change = (pqp - own) / diagonals[i];
      pqp = (pqp + change * (change * diagonals[i] + 2 * own)) / (1 + change) / (1 + change);
      for (var j = thread; j < CLASSES; j += 64) {
        qp[j] = (qp[j] + change * q(matrix, i, j)) / (1 + change);
        estimate[j] = (estimate[j] + select(0, change, j == i)) / (1 + change);
      }
    }
    workgroupBarrier();
  }
  workgroupBarrier();
  for (var i = thread; i < CLASSES; i += 64) { p[group.z * CLASSES + i] = estimate[i]; }
}
