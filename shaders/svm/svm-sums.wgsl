// svm-sums: the kernel function of rows and support vectors, and its sum times the coefficients: the kernel matrix, which
// can be larger than all else together, is never written.
//   sums[b,slice,j] = sum_{s of slice} coefficient[j,s] k(x[b], v[s])      slice: 8 LANES vectors of one class
//   A line with # in it stands for each of ROWS rows (repeat.ts): a thread makes ROWS rows x 8 vectors, so that what it
//   loads (ROWS x 4 features, two 4x4 blocks) serves 32 ROWS multiply-adds. RBF's distances are |x|² + |v|² - 2 x·v, a
//   third less arithmetic than sums of squared differences, and off by some roundings of |v|²: svm.ts sees to it
//   that these don't count. 0 stops what cancels to less.
// Layout   x (B,K) · xx (B) · v (S8/8,K/4,2) of 4x4 blocks, a column for each feature; classes are filled up to whole
//          slices · vv (S8) · coefficient (CLASSES-1,S8), 0 for what fills up · sums (B,SLICES,CLASSES-1).
// Threads  workgroups x: slices, LANES of 8 vectors; y: TILES of ROWS rows.

override B: u32; override K: u32; override CLASSES: u32; override SLICES: u32;
override ROWS: u32; override LANES: u32; override TILES: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> xx: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<mat4x4f>;
@group(0) @binding(3) var<storage, read> vv: array<vec4f>;
@group(0) @binding(4) var<storage, read> coefficient: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> sums: array<f32>;

var<workgroup> kept: array<f32, TILES * LANES * ROWS * (CLASSES - 1)>;

fn kernelAt(row: u32, vectors: u32, products: vec4f) -> vec4f {
  if (KERNEL != 2) { return kernelOf(products); }
  return kernelOf(max(xx[row] + vv[vectors] - 2 * products, vec4f()));
}

@compute @workgroup_size(LANES, TILES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let block = group.x * LANES + local.x;
  let first = (group.y * TILES + local.y) * ROWS;
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

  // This thread's part of every sum; then the lanes of a tile share the adding up.
  let perLane = ROWS * (CLASSES - 1);
  let own = (local.y * LANES + local.x) * perLane;
  for (var j = 0u; j < CLASSES - 1; j++) {
    let c = 2 * (j * SLICES * LANES + block);
    let ca = coefficient[c];
    let cb = coefficient[c + 1];
    kept[own + j * ROWS + #] = dot(a#, ca) + dot(b#, cb);
  }
  workgroupBarrier();
  for (var e = local.x; e < perLane; e += LANES) {
    let row = first + e % ROWS;
    if (row >= B) { continue; }
    var sum = 0.0;
    for (var lane = 0u; lane < LANES; lane++) { sum += kept[(local.y * LANES + lane) * perLane + e]; }
    sums[(row * SLICES + group.x) * (CLASSES - 1) + e / ROWS] = sum;
  }
}
