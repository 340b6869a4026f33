// lrn: divides each number by a power of the squares of its neighbours along the channels (ONNX's LRN).
//   y[b,c,p] = x[b,c,p] / ( BIAS + ALPHA / SIZE sum_k x[b,k,p]² )^BETA,  c - (SIZE - 1) / 2 <= k <= c + SIZE / 2
// Idea     A number becomes smaller where its neighbours along the channels are large. Each result depends on at most
//          SIZE numbers, so one invocation adds their squares by itself. The windows of neighbouring channels overlap,
//          so most squares are computed several times; that is simple, and SIZE is small. At the first and last
//          channels the window is cut off.
// Layout   x, y (B,C,INNER).
// Threads  one per (c, p); z is the batch.

override C: u32; override INNER: u32;
override SIZE: u32;
override ALPHA: f32; override BETA: f32; override BIAS: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= C * INNER) { return; }
  let c = at / INNER;
  let first = id.z * C * INNER + at % INNER;
  let before = min((SIZE - 1) / 2, c);
  let end = min(c + SIZE / 2 + 1, C);
  var sum = 0.0;
  for (var k = c - before; k < end; k++) {
    let v = x[first + k * INNER];
    sum += v * v;
  }
  let p = first + c * INNER;
  y[p] = x[p] / pow(BIAS + ALPHA / f32(SIZE) * sum, BETA);
}
