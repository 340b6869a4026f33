// After    two-float.wgsl: add(), multiply() · svm-kernel-precise.wgsl: kernelOf()
// svm-kernel-matrix, precise, lanes: svm-kernel-matrix-precise for few support vectors, as a collapsed linear machine
//   has them.
// Idea     In svm-kernel-matrix-precise, one invocation computes one number of k, which would leave most of a GPU idle
//          here. So the 32 lanes of a workgroup share a number: each lane adds the products of every 32nd feature, and
//          the parts are added in a tree. A workgroup past the last vector does not return, because barriers follow; it
//          only writes nothing.
// Layout   x (B,K) · v (S,K) of two-float numbers, and a zero after them · k (B,S) of two-float numbers.
// Threads  one workgroup per number of k: lanes stride over the features, then reduce in a tree; z is the batch.

override K: u32; override S: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> v: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> k: array<vec2f>;

var<workgroup> lanes: array<vec2f, 32>;

@compute @workgroup_size(32)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  zero = bitcast<u32>(v[S * K].x);
  let s = group.x + group.y * groups.x; // workgroups are folded into rows (plan.ts)
  var sum = vec2f();
  if (s < S) {
    for (var i = lane; i < K; i += 32) {
      let a = vec2f(x[group.z * K + i], 0);
      let b = v[s * K + i];
      var factor = a;
      var other = b;
      if (KERNEL == 2) {
        factor = add(a, -b);
        other = factor;
      }
      sum = add(sum, multiply(factor, other));
    }
  }
  lanes[lane] = sum;
  for (var half = 16u; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { lanes[lane] = add(lanes[lane], lanes[lane + half]); }
  }
  if (lane == 0 && s < S) { k[group.z * S + s] = kernelOf(lanes[0]); }
}
