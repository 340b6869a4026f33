// After    enable-subgroups.wgsl · svm-kernel.wgsl: kernelOf()
// svm-sums, quads: svm-sums for eight rows, where the four invocations of a quad share the rows that they load.
//   A line with # in it is repeated for each of four rows and the four rows after them (repeat.ts).
// Idea     In svm-sums, an invocation loads four features of each of its eight rows. Here all invocations of a
//          workgroup compute the same eight rows, each with another block of vectors. So each one loads only two of the
//          rows, and quadBroadcast() hands them to the other three of its quad without memory: 2 loads instead of 8.
// Layout   x (B,K) · xx (B) · v (S8/8,K/4,2) of 4x4 blocks, a column for each feature; S8: each class
//          is padded to a multiple of 8 · vv (S8) · coefficient (CLASSES-1,S8), 0 for padding
//          · sums (B,BLOCKS,CLASSES-1).
// Threads  x: blocks; y: eight rows.

override B: u32; override K: u32; override CLASSES: u32; override BLOCKS: u32;

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

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) own: u32) {
  // An invocation past the last block does not return: the others of its quad need the rows that it loads.
  let block = min(id.x, BLOCKS - 1);
  let first = id.y * 8;
  let row# = min(first + #, B - 1); let next# = min(first + 4 + #, B - 1);
  let loaded = min(first + own % 4, B - 1) * (K / 4);
  let after = min(first + 4 + own % 4, B - 1) * (K / 4);
  // Two sums of four vectors for each row: a and b for the first four rows, c and d for the next four.
  var a# = vec4f(); var b# = vec4f(); var c# = vec4f(); var d# = vec4f();
  for (var i = 0u; i < K / 4; i++) {
    let w = (block * (K / 4) + i) * 2;
    let p = x[loaded + i];
    let q = x[after + i];
    let p# = quadBroadcast(p, #u); let q# = quadBroadcast(q, #u);
    let wa = v[w];
    a# += wa * p#; c# += wa * q#;
    let wb = v[w + 1];
    b# += wb * p#; d# += wb * q#;
  }
  if (id.x >= BLOCKS) { return; }
  a# = kernelAt(row#, 2 * block, a#); b# = kernelAt(row#, 2 * block + 1, b#);
  c# = kernelAt(next#, 2 * block, c#); d# = kernelAt(next#, 2 * block + 1, d#);

  for (var j = 0u; j < CLASSES - 1; j++) {
    let ca = coefficient[2 * (j * BLOCKS + block)];
    let cb = coefficient[2 * (j * BLOCKS + block) + 1];
    if (first + # < B) { sums[(row# * BLOCKS + block) * (CLASSES - 1) + j] = dot(a#, ca) + dot(b#, cb); }
    if (first + 4 + # < B) { sums[(next# * BLOCKS + block) * (CLASSES - 1) + j] = dot(c#, ca) + dot(d#, cb); }
  }
}
