// svm-decisions, of sums: the decision values of svm-decisions, computed from the sums of svm-sums.
//   d[b,ij] = sum_{blocks of class i} sums[b,block,j-1] + sum_{blocks of class j} sums[b,block,i] - rho[ij]
// Idea     In svm-decisions, a decision value is a sum over all support vectors of two classes. The kernel svm-sums has
//          already added them in blocks of 8, so that few numbers are left, and one invocation adds those of one pair.
//          It finds the classes i and j from the number of its pair. Then it goes through the classes in order, and
//          adds the blocks of only these two.
// Layout   sums (B,BLOCKS,CLASSES-1) · first (CLASSES+1), where each class's vectors begin · rho (P) · d (B,P).
// Threads  one per pair; z is the batch.

override CLASSES: u32; override P: u32; override BLOCKS: u32;

@group(0) @binding(0) var<storage, read> sums: array<f32>;
@group(0) @binding(1) var<storage, read> first: array<u32>;
@group(0) @binding(2) var<storage, read> rho: array<f32>;
@group(0) @binding(3) var<storage, read_write> d: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= P) { return; }
  var i = 0u;
  var rest = id.x;
  while (rest >= CLASSES - 1 - i) { rest -= CLASSES - 1 - i; i++; }
  let j = i + 1 + rest;

  var sum = 0.0;
  var block = 0u;
  for (var c = 0u; c <= j; c++) {
    let end = block + (first[c + 1] - first[c] + 7) / 8;
    if (c == i || c == j) {
      let other = select(i, j - 1, c == i);
      for (; block < end; block++) { sum += sums[(id.z * BLOCKS + block) * (CLASSES - 1) + other]; }
    }
    block = end;
  }
  d[id.z * P + id.x] = sum - rho[id.x];
}
