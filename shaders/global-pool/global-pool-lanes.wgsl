// global-pool, lanes: global-pool, with the pixels shared among 64 lanes: for large pictures, and GPUs that
//   need many threads.
// Idea     In global-pool, one invocation reads all pixels of its four channels, so few invocations do much work each.
//          Here the 64 lanes of a workgroup share them: each lane reads every 64th pixel, and the 64 results are then
//          joined in a tree in workgroup memory. Each lane adds fewer numbers, so the mean of a large picture is more
//          exact too.
// Layout   x (B,H,W,C4) · y (B,1,1,C4).
// Threads  a workgroup for four channels: its lanes stride over the pixels, then reduce in a tree; z is the batch.

override C: u32; override H: u32; override W: u32;
override LARGEST: bool;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

var<workgroup> lanes: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let CV = (C + 3) / 4;
  let c = group.x;
  var v = select(vec4f(0), vec4f(-3.4028234e38), LARGEST);
  for (var p = lane; p < H * W; p += 64) {
    let next = x[(group.z * H * W + p) * CV + c];
    v = select(v + next, max(v, next), LARGEST);
  }
  lanes[lane] = v;
  for (var half = 32u; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) {
      lanes[lane] = select(lanes[lane] + lanes[lane + half], max(lanes[lane], lanes[lane + half]), LARGEST);
    }
  }
  if (lane == 0) { y[group.z * CV + c] = select(lanes[0] / f32(H * W), lanes[0], LARGEST); }
}
