// svm-probabilities: Platt's sigmoid converts each decision value to a probability, and pairwise coupling combines
// the probabilities of all pairs into one for each class.
//   r[i,j] = 1 / (1 + exp(A[ij] d[b,ij] + B[ij])),  r[j,i] = 1 - r[i,j],  kept within [1e-7, 1 - 1e-7]
//   p = argmin 1/2 sum_i sum_{j != i} (r[j,i] p[i] - r[i,j] p[j])²  with sum p = 1
//   Platt, Probabilistic outputs for support vector machines, 1999; Wu, Lin and Weng, Probability estimates for
//   multi-class classification by pairwise coupling, JMLR 5, 2004: the second method, by algorithm 2. It stops
//   as in LIBSVM, when no component of Qp is farther than 0.005/CLASSES from pQp.
//   COUPLE false: for two classes, r is already p (LIBSVM uses it unchanged; onnxruntime couples even two classes).
// Idea     Each pair of classes has its own probability, and together they usually contradict each other. Coupling
//          finds the probabilities of the classes that fit all pairs best, in the sense of least squares. The iteration
//          corrects one class after another, and each correction needs the one before. So a row is the work of a single
//          invocation, and only different rows run at the same time.
// Layout   d (B,P) · a, b (P) · p (B,CLASSES).
// Threads  one invocation per row; z is the batch. The matrices are in workgroup memory, and fix.ts writes their sizes
//          into the text.

override CLASSES: u32; override P: u32;
override COUPLE: bool;

@group(0) @binding(0) var<storage, read> d: array<f32>;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> p: array<f32>;

var<workgroup> r: array<f32, CLASSES * CLASSES>;
var<workgroup> q: array<f32, CLASSES * CLASSES>;
var<workgroup> qp: array<f32, CLASSES>;
var<workgroup> estimate: array<f32, CLASSES>;

@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) group: vec3u) {
  var pair = 0u;
  for (var i = 0u; i < CLASSES; i++) {
    for (var j = i + 1; j < CLASSES; j++) {
      let t = a[pair] * d[group.z * P + pair] + b[pair];
      let e = exp(-abs(t));  // never overflows
      let high = clamp(select(1 / (1 + e), e / (1 + e), t >= 0), 1e-7, 1 - 1e-7);
      r[i * CLASSES + j] = high;
      r[j * CLASSES + i] = 1 - high;
      pair++;
    }
  }
  if (!COUPLE) {
    p[group.z * 2] = r[1];
    p[group.z * 2 + 1] = r[2];
    return;
  }
  for (var i = 0u; i < CLASSES; i++) {
    estimate[i] = 1 / f32(CLASSES);
    var diagonal = 0.0;
    for (var j = 0u; j < CLASSES; j++) {
      if (j == i) { continue; }
      diagonal += r[j * CLASSES + i] * r[j * CLASSES + i];
      q[i * CLASSES + j] = -r[j * CLASSES + i] * r[i * CLASSES + j];
    }
    q[i * CLASSES + i] = diagonal;
  }

  for (var round = 0u; round < max(100, CLASSES); round++) {
    var pqp = 0.0;
    for (var i = 0u; i < CLASSES; i++) {
      var sum = 0.0;
      for (var j = 0u; j < CLASSES; j++) { sum += q[i * CLASSES + j] * estimate[j]; }
      qp[i] = sum;
      pqp += estimate[i] * sum;
    }
    var error = 0.0;
    for (var i = 0u; i < CLASSES; i++) { error = max(error, abs(qp[i] - pqp)); }
    if (error < 0.005 / f32(CLASSES)) { break; }

    for (var i = 0u; i < CLASSES; i++) {
      let diagonal = q[i * CLASSES + i];
      let change = (pqp - qp[i]) / diagonal;
      estimate[i] += change;
      pqp = (pqp + change * (change * diagonal + 2 * qp[i])) / (1 + change) / (1 + change);
      for (var j = 0u; j < CLASSES; j++) {
        qp[j] = (qp[j] + change * q[i * CLASSES + j]) / (1 + change);
        estimate[j] /= 1 + change;
      }
    }
  }
  for (var i = 0u; i < CLASSES; i++) { p[group.z * CLASSES + i] = estimate[i]; }
}
