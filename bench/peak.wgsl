// peak: nothing but multiply-adds, in eight sums that don't wait for each other: what the GPU's arithmetic can do at most.
//   A line with # in it stands eight times (repeat.ts). Number is f32 or vec4f (ceilings.ts): which is faster depends on
//   the driver.
// Threads  one per number of y, ROUNDS x 8 multiply-adds each.

override ROUNDS: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  // Read, so that nothing can be worked out when the kernel is compiled; below 1, so that the sums stay finite.
  let m = Number(x[0]);
  let c = Number(x[1]);
  var a# = Number(x[2] + f32(id.x) + #);
  for (var i = 0u; i < ROUNDS; i++) {
    a# = a# * m + c;
  }
  var sum = Number();
  sum += a#;
  y[id.x] = dot(vec4f(sum), vec4f(1));
}
