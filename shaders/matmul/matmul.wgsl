// After    activation.wgsl: activate()
// matmul: products of matrices that are both computed (ONNX's MatMul, Gemm and Einsum), optionally activated.
//   y[b,g,m,o] = act( FACTOR sum_i x[b,g,m,i] w[b,g,i,o] + C_FACTOR c[b,m,o] )
// Idea     Each number of y is the product of a row and a column, and one invocation adds it up by itself. A matrix is
//          found by its strides, so nothing is moved beforehand: the strides of a transposed matrix are exchanged, and
//          a matrix that is repeated has a stride of 0. Neighbouring invocations load the same rows and columns again,
//          which matmul-tiled avoids.
// Layout   x, w, c: strides, 0 where they are repeated; g has three axes G0, G1, G2 · y (B,G,M,O), row-major.
// Threads  one per number of y; z is the batch.

override M: u32; override I: u32; override O: u32;
override G: u32; override G1: u32; override G2: u32;  // G is G0 G1 G2
override XB: u32; override XG0: u32; override XG1: u32; override XG2: u32; override XM: u32; override XI: u32;
override WB: u32; override WG0: u32; override WG1: u32; override WG2: u32; override WI: u32; override WO: u32;
override CB: u32; override CM: u32; override CO: u32;
override FACTOR: f32; override C_FACTOR: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= G * M * O) { return; }
  let o = at % O;
  let m = at / O % M;
  let g = vec3u(at / O / M / G2 / G1, at / O / M / G2 % G1, at / O / M % G2);
  let xAt = id.z * XB + dot(g, vec3u(XG0, XG1, XG2)) + m * XM;
  let wAt = id.z * WB + dot(g, vec3u(WG0, WG1, WG2)) + o * WO;
  var sum = 0.0;
  for (var i = 0u; i < I; i++) { sum += x[xAt + i * XI] * weight[wAt + i * WI]; }
  let v = FACTOR * sum + C_FACTOR * c[id.z * CB + m * CM + o * CO];
  y[id.z * G * M * O + at] = activate(vec4f(v)).x;
}
