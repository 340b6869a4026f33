// After    two-float.wgsl: add(), multiply()
// svm-decisions, precise: svm-decisions in two-float numbers (two-float.wgsl). Only d is rounded to f32.
// Idea     A decision value is often the small difference of large sums, and f32 would then lose the digits that
//          decide. Here each product and each sum is kept in two f32, which together have 48 bits. The work is divided
//          as in svm-decisions. The operand first begins with a 0 that the compiler does not know, which two-float.wgsl
//          needs so that no rounding error is optimised away.
// Layout   k (B,S), coefficient (CLASSES-1,S), rho (P) of two-float numbers · first (CLASSES+1), which begins with 0
//          · d (B,P).
// Threads  a workgroup for a pair: lanes stride over the two classes' vectors, then reduce in a tree; z is the
//          batch.

override CLASSES: u32; override P: u32; override S: u32;

@group(0) @binding(0) var<storage, read> k: array<vec2f>;
@group(0) @binding(1) var<storage, read> coefficient: array<vec2f>;
@group(0) @binding(2) var<storage, read> first: array<u32>;
@group(0) @binding(3) var<storage, read> rho: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> d: array<f32>;

var<workgroup> lanes: array<vec2f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  zero = first[0];
  var i = 0u;
  var rest = group.x;
  while (rest >= CLASSES - 1 - i) { rest -= CLASSES - 1 - i; i++; }
  let j = i + 1 + rest;

  var sum = vec2f();
  for (var s = first[i] + lane; s < first[i + 1]; s += 64) {
    sum = add(sum, multiply(coefficient[(j - 1) * S + s], k[group.z * S + s]));
  }
  for (var s = first[j] + lane; s < first[j + 1]; s += 64) {
    sum = add(sum, multiply(coefficient[i * S + s], k[group.z * S + s]));
  }
  lanes[lane] = sum;
  for (var half = 32u; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { lanes[lane] = add(lanes[lane], lanes[lane + half]); }
  }
  if (lane == 0) {
    let total = add(lanes[0], -rho[group.x]);
    d[group.z * P + group.x] = total.x + total.y;
  }
}
