// global-pool: the mean, or the largest, of all pixels of a channel: ONNX's GlobalAveragePool and GlobalMaxPool.
//   y[b,c] = 1/(H W) sum_p x[b,p,c]     or     max_p x[b,p,c]
// Idea     Each channel has one result, and the channels do not depend on each other. An invocation takes four channels
//          as a vec4f, and goes through all pixels. Neighbouring invocations read numbers that lie side by side at the
//          same time, which is how memory is fastest. LARGEST is an override, so the driver can keep either the sum or
//          the maximum.
// Layout   x (B,H,W,C4) · y (B,1,1,C4).
// Threads  one per four channels; z is the batch.

override C: u32; override H: u32; override W: u32;
override LARGEST: bool;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let CV = (C + 3) / 4;
  let c = id.x;
  if (c >= CV) { return; }
  var v = select(vec4f(0), vec4f(-3.4028234e38), LARGEST);
  for (var p = 0u; p < H * W; p++) {
    let next = x[(id.z * H * W + p) * CV + c];
    v = select(v + next, max(v, next), LARGEST);
  }
  y[id.z * CV + c] = select(v / f32(H * W), v, LARGEST);
}
