// After    svm-kernel.wgsl: kernelOf()
// svm-kernel-matrix: the kernel function of every row of x with every support vector v.
//   KERNEL 0 linear      k[b,s] = x[b]·v[s]
//          1 polynomial  k[b,s] = (GAMMA x[b]·v[s] + COEF0)^DEGREE
//          2 rbf         k[b,s] = exp(-GAMMA |x[b] - v[s]|²)
//          3 sigmoid     k[b,s] = tanh(GAMMA x[b]·v[s] + COEF0)
// Idea     An SVM compares each row with its support vectors, and the kernel function says how similar two of them are.
//          Each comparison is a sum over K features and does not depend on the others, so one invocation computes one.
//          The four kernel functions differ only in what is added and in the last step, which is kernelOf(). The
//          distance is summed directly: |x|² + |v|² - 2 x·v would save a subtraction, but lose digits.
// Layout   x (B,K) · v (S,K) · k (B,S).
// Threads  one per number of k; z is the batch.

override K: u32; override S: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> v: array<f32>;
@group(0) @binding(2) var<storage, read_write> k: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let s = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (s >= S) { return; }
  var sum = 0.0;
  for (var i = 0u; i < K; i++) {
    let a = x[id.z * K + i];
    let b = v[s * K + i];
    sum += select(a * b, (a - b) * (a - b), KERNEL == 2);
  }
  k[id.z * S + s] = kernelOf(vec4f(sum)).x;
}
