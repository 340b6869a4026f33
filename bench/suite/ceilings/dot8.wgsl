// dot8: dot products of four 8-bit integers, packed into a u32, in eight independent sums.
//   A line with # in it is repeated eight times.
// Threads  one per number of y, ROUNDS x 8 products of four pairs each: 8 operations a product.
// Honest   Each product depends on the one before it. The sums are written.

override ROUNDS: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = bitcast<u32>(x[0]);
  var a# = i32(id.x) + #;
  for (var i = 0u; i < ROUNDS; i++) {
    a# += dot4I8Packed(bitcast<u32>(a#), m);
  }
  var sum = 0i;
  sum += a#;
  y[id.x] = f32(sum);
}
