// multiply-add: only multiplies and adds, in eight independent sums, which is the maximum rate of the arithmetic units.
//   A line with # in it is repeated eight times, with the numbers 0 to 7 for #. The file before this one says what
//   Number is: f32, vec4f or vec4h. Which of them is fastest depends on the driver.
// Threads  one per number of y, ROUNDS x 8 multiply-adds each.
// Honest   The operands are read from memory, so the compiler knows none of them. The sums are written, so none is dead
//          code. The factor is below 1, so they stay finite.

override ROUNDS: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = number(x[0]);
  let c = number(x[1]);
  var a# = number(x[2] + f32(id.x % 64) / 64 + #);
  for (var i = 0u; i < ROUNDS; i++) {
    a# = a# * m + c;
  }
  var sum = Number();
  sum += a#;
  y[id.x] = total(sum);
}
