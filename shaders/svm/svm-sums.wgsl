// After    svm-kernel.wgsl: kernelOf()
// svm-sums: the kernel function of rows and support vectors, multiplied by the coefficients and summed.
//   sums[b,block,j] = sum_{s of block} coefficient[j,s] k(x[b], v[s])      block: 8 vectors of one class
//   A line with # in it is repeated for each of ROWS rows (repeat.ts). A distance that comes out below 0 is set to 0.
//   With svm-decisions-of-sums on SwiftShader 5 times as fast as svm-kernel-matrix-tiled and svm-decisions (4,000
//   vectors of 128 features, seven classes, 256 rows).
// Idea     Without this kernel, svm-kernel-matrix-tiled writes a matrix, and svm-decisions reads it again. Here an
//          invocation multiplies the values of 8 vectors by their coefficients at once, and writes only the sums: for
//          two classes, no more than an eighth of the matrix. It computes ROWS rows x 8 vectors, so that what it loads
//          (ROWS x 4 features, two 4x4 blocks) serves 32 ROWS multiply-adds. RBF's distances are computed as |x|² +
//          |v|² - 2 x·v: a third less arithmetic than sums of squared differences, with an error of some roundings of
//          |v|². The plan in svm.ts has this kernel only where that error is small enough.
// Layout   x (B,K) · xx (B) · v (S8/8,K/4,2) of 4x4 blocks, a column for each feature; S8: each class
//          is padded to a multiple of 8 · vv (S8) · coefficient (CLASSES-1,S8), 0 for padding
//          · sums (B,BLOCKS,CLASSES-1).
// Threads  x: blocks; y: ROWS rows.

override B: u32; override K: u32; override CLASSES: u32; override BLOCKS: u32;
override ROWS: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> xx: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<mat4x4f>;
@group(0) @binding(3) var<storage, read> vv: array<vec4f>;
@group(0) @binding(4) var<storage, read> coefficient: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> sums: array<f32>;

fn kernelAt(row: u32, vectors: u32, products: vec4f) -> vec4f {
  if (KERNEL != 2) { return kernelOf(products); }
  return kernelOf(max(xx[row] + vv[vectors] - 2 * products, vec4f()));
}

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let block = id.x;
  let first = id.y * ROWS;
  if (block >= BLOCKS || first >= B) { return; }
  let row# = min(first + #, B - 1);
  let at# = row# * (K / 4);
  var a# = vec4f(); var b# = vec4f();
  for (var i = 0u; i < K / 4; i++) {
    let w = (block * (K / 4) + i) * 2;
    let p# = x[at# + i];
    let wa = v[w];
    a# += wa * p#;
    let wb = v[w + 1];
    b# += wb * p#;
  }
  a# = kernelAt(row#, 2 * block, a#); b# = kernelAt(row#, 2 * block + 1, b#);

  for (var j = 0u; j < CLASSES - 1; j++) {
    let ca = coefficient[2 * (j * BLOCKS + block)];
    let cb = coefficient[2 * (j * BLOCKS + block) + 1];
    if (first + # < B) { sums[(row# * BLOCKS + block) * (CLASSES - 1) + j] = dot(a#, ca) + dot(b#, cb); }
  }
}
