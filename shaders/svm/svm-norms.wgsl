// svm-norms: the squared length of every row, for distances by |x - v|² = |x|² + |v|² - 2 x·v.
//   xx[b] = sum_i x[b,i]²
// Idea     The kernel svm-sums needs the squared length of each row for its distances. It is computed here once, and
//          not again for each block of support vectors. One invocation computes the length of one row, and reads four
//          features at a time.
// Layout   x (B,K), K a multiple of four · xx (B).
// Threads  one per row.

override B: u32; override K: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> xx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= B) { return; }
  var sum = 0.0;
  for (var i = 0u; i < K / 4; i++) {
    let p = x[id.x * (K / 4) + i];
    sum += dot(p, p);
  }
  xx[id.x] = sum;
}
