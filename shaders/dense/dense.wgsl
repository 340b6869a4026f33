// After    activation.wgsl: activate()
// dense: fully connected layer (ONNX's Gemm and MatMul), optionally activated.
//   y[b,m,o] = act( bias[o] + sum_i weight[b,o,i] x[b,m,i] )
// Idea     Every output is a long sum, and a layer may have only a few outputs, so one invocation for each would leave
//          most of the GPU idle. Here the 64 lanes of a workgroup share a sum: lane 0 adds the products 0, 64, 128 and
//          so on, lane 1 the products 1, 65, 129 and so on. The 64 parts are then added in a tree: 32 lanes add the
//          parts of the other 32, then 16 lanes those of 16, and after six steps lane 0 has the whole sum. Before each
//          step there is a barrier, because a lane must not read a part that is not written yet.
// Layout   x (B,M,I) · weight: strides W_B (0 when all items share it), W_O, W_I · bias (O) · y (B,M,O).
// Threads  one workgroup per output; lanes stride over i, then reduce in a tree; z is the batch.

override M: u32; override I: u32; override O: u32;
override W_B: u32; override W_O: u32; override W_I: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

var<workgroup> lanes: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let o = group.x;
  let row = group.z * M + group.y;
  var sum = 0.0;
  for (var i = lane; i < I; i += 64) {
    sum += weight[group.z * W_B + o * W_O + i * W_I] * x[row * I + i];
  }
  lanes[lane] = sum;
  for (var half = 32u; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { lanes[lane] += lanes[lane + half]; }
  }
  if (lane == 0) { y[row * O + o] = activate(vec4f(lanes[0] + bias[o])).x; }
}
