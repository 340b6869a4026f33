// After    svm-kernel.wgsl: kernelOf()
// svm-kernel-matrix, tiled: svm-kernel-matrix, where each thread computes 8 rows x 4 support vectors.
//   A line with # in it is repeated for each row (repeat.ts).
//   On SwiftShader 3.5 times as fast (4,000 vectors of 128 features, 256 rows).
// Idea     In svm-kernel-matrix, two numbers that are loaded serve one sum. Here v is stored so that one vec4f has the
//          same feature of four vectors. An invocation loads this vec4f and the same feature of 8 rows, and these
//          twelve numbers serve 32 sums.
// Layout   x (B,K) · v (S4/4,K) of vec4f, one feature of four vectors · k (B,S).
// Threads  x: four vectors each; z: 8 rows of the batch. If B is larger than the batch that runs, the last rows may be
//          computed without being used.

override B: u32; override K: u32; override S: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> v: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> k: array<f32>;

fn write(row: u32, s: u32, values: vec4f) {
  if (row >= B) { return; }
  for (var i = 0u; i < min(4, S - s); i++) { k[row * S + s + i] = values[i]; }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let block = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (4 * block >= S) { return; }
  let row = id.z * 8;
  let at# = min(row + #, B - 1) * K;
  var sum# = vec4f();
  for (var i = 0u; i < K; i++) {
    let w = v[block * K + i];
    let d# = x[at# + i] - w;
    sum# += select(x[at# + i] * w, d# * d#, KERNEL == 2);
  }
  write(row + #, 4 * block, kernelOf(sum#));
}
