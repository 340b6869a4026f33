// strided: adds all numbers of x. Neighbouring invocations read numbers
//   that are STRIDE apart. Each number is read once, for any STRIDE.
//   y[t] = sum_i x[k mod N + k div N],  k = STRIDE (t + i N/64)
// Layout   x (N), y (N/64); N and STRIDE are powers of two.
// Threads  one per number of y; each reads 64 numbers.

override N: u32; override STRIDE: u32;

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = 0u;
  for (var i = 0u; i < 64; i++) {
    let k = (id.x + i * (N / 64)) * STRIDE;
    sum += x[k % N + k / N];
  }
  y[id.x] = sum;
}
