// After    two-float.wgsl: add(), multiply() · svm-kernel-precise.wgsl: kernelOf()
// svm-kernel-matrix, precise: svm-kernel-matrix in two-float numbers (two-float.wgsl), for large terms that cancel.
// Idea     Where large terms cancel in a decision value, a small error of k becomes a large error of the result. So
//          every number is here kept in two f32, which together have 48 bits, while the work is divided as in
//          svm-kernel-matrix. The zero after v is unknown to the compiler, and two-float.wgsl needs it so that no
//          rounding error is optimised away.
// Layout   x (B,K) · v (S,K) of two-float numbers, and a zero after them · k (B,S) of two-float numbers.
// Threads  one per number of k; z is the batch.

override K: u32; override S: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> v: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> k: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let s = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (s >= S) { return; }
  zero = bitcast<u32>(v[S * K].x);
  var sum = vec2f();
  for (var i = 0u; i < K; i++) {
    var a = vec2f(x[id.z * K + i], 0);
    var b = v[s * K + i];
    if (KERNEL == 2) {
      a = add(a, -b);
      b = a;
    }
    sum = add(sum, multiply(a, b));
  }
  k[id.z * S + s] = kernelOf(sum);
}
