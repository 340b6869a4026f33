// svm-decisions: the decision value of every pair of classes, one against one, as LIBSVM computes it.
//   d[b,ij] = sum_{s of class i} coefficient[j-1,s] k[b,s] + sum_{s of class j} coefficient[i,s] k[b,s] - rho[ij]
//   for i < j; pairs in the order 01 02 .. 12 ..
// Idea     LIBSVM trains one machine for each pair of classes, and a vector takes part in the CLASSES - 1 pairs of its
//          class. So it has CLASSES - 1 coefficients: in pair ij, a vector of class i uses row j - 1, and a vector of
//          class j uses row i. The vectors are sorted by class, so a workgroup for a pair only reads two ranges of
//          them. Its lanes share these vectors, and add their parts in a tree. The numbers of k were computed once, and
//          serve all pairs.
// Layout   k (B,S) · coefficient (CLASSES-1,S) · first (CLASSES+1), where each class's vectors begin · rho (P)
//          · d (B,P).
// Threads  a workgroup for a pair: lanes stride over the two classes' vectors, then reduce in a tree; z is the
//          batch.

override CLASSES: u32; override P: u32; override S: u32;

@group(0) @binding(0) var<storage, read> k: array<f32>;
@group(0) @binding(1) var<storage, read> coefficient: array<f32>;
@group(0) @binding(2) var<storage, read> first: array<u32>;
@group(0) @binding(3) var<storage, read> rho: array<f32>;
@group(0) @binding(4) var<storage, read_write> d: array<f32>;

var<workgroup> lanes: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  var i = 0u;
  var rest = group.x;
  while (rest >= CLASSES - 1 - i) { rest -= CLASSES - 1 - i; i++; }
  let j = i + 1 + rest;

  var sum = 0.0;
  for (var s = first[i] + lane; s < first[i + 1]; s += 64) {
    sum += coefficient[(j - 1) * S + s] * k[group.z * S + s];
  }
  for (var s = first[j] + lane; s < first[j + 1]; s += 64) {
    sum += coefficient[i * S + s] * k[group.z * S + s];
  }
  lanes[lane] = sum;
  for (var half = 32u; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { lanes[lane] += lanes[lane + half]; }
  }
  if (lane == 0) { d[group.z * P + group.x] = lanes[0] - rho[group.x]; }
}
