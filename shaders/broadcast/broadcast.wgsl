// broadcast: two or three tensors, number by number, the smaller ones repeated (ONNX's Pow, Max, Less, Where, ...).
//   y[b,i..m] = f( x[b,i..m], z[b,i..m], w[b,i..m] ),  where an index is 0 along an axis that is repeated
// Idea     Operators such as Pow, Max and Where differ in only one line, so they share this text: the table in
//          broadcast.ts has f as WGSL, and it replaces the line of apply(). A tensor that is repeated along an axis is
//          not copied: its stride there is 0, so that every index reads the same number. An invocation splits its own
//          number into the five indices i, j, k, l and m, finds each operand's number by its strides, and applies f.
//          The functions power() and remainder() are here because WGSL's pow() is undefined for negative numbers, and
//          WGSL's % rounds.
// Layout   y (B,D0,D1,D2,D3,D4), dense; x, z and w with their own strides, 0 along a repeated axis. Only the first USED
//          numbers of the last axis have a meaning; the rest is padding and becomes 0.
// Threads  one per number of y; z is the batch.

override D0: u32; override D1: u32; override D2: u32; override D3: u32; override D4: u32; override USED: u32;
override X_B: u32; override X0: u32; override X1: u32; override X2: u32; override X3: u32; override X4: u32;
override Z_B: u32; override Z0: u32; override Z1: u32; override Z2: u32; override Z3: u32; override Z4: u32;
override W_B: u32; override W0: u32; override W1: u32; override W2: u32; override W3: u32; override W4: u32;
override SCALE: f32 = 1;  // 1 / n for a mean of n numbers

// u to the power v. WGSL's pow is undefined for u < 0, so whole exponents are products.
fn power(u: f32, v: f32) -> f32 {
  let n = abs(v);
  if (n <= 64 && n == floor(n)) {
    var product = 1.0;
    var square = u;
    for (var rest = u32(n); rest > 0; rest = rest >> 1) {
      if ((rest & 1) == 1) { product *= square; }
      square *= square;
    }
    return select(product, 1 / product, v < 0);
  }
  if (v == 0.5) { return sqrt(u); }
  if (u == 0) { return select(0.0, 1 / abs(u), v < 0); }
  let size = pow(abs(u), v);
  if (u > 0) { return size; }
  if (n != floor(n)) { return (u - u) / (u - u); }  // not a number
  return select(size, -size, n < 16777216 && n - 2 * floor(0.5 * n) == 1);
}

// What is left of u after multiples of v, with the sign of u, without a rounding: u - v trunc(u / v) would have some.
fn remainder(u: f32, v: f32) -> f32 {
  if ((bitcast<u32>(v) & 0x7fffffff) > 0x7f800000) { return v; }  // not a number; v != v might be folded to false
  let least = abs(v);
  var rest = abs(u);
  if (least == 0 || rest > 3.4e38) { return (u - u) / (v - v); }  // not a number
  var part = least;
  for (var i = 0; i < 300 && part <= 0.5 * rest; i++) { part *= 2; }
  for (var i = 0; i < 300 && part >= least; i++) {
    if (rest >= part) { rest -= part; }
    part *= 0.5;
  }
  return select(rest, -rest, u < 0);
}

// The same, with the sign of v.
fn modulo(u: f32, v: f32) -> f32 {
  let rest = remainder(u, v);
  return select(rest, rest + v, rest * v < 0);
}

fn apply(u: f32, v: f32, w: f32) -> f32 {
  return u;
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  let size = D0 * D1 * D2 * D3 * D4;
  if (at >= size) { return; }
  let m = at % D4;
  let out = id.z * size + at;
  if (m >= USED) { y[out] = 0; return; }
  let l = at / D4 % D3;
  let k = at / (D4 * D3) % D2;
  let j = at / (D4 * D3 * D2) % D1;
  let i = at / (D4 * D3 * D2 * D1);
  y[out] = apply(
    x[id.z * X_B + i * X0 + j * X1 + k * X2 + l * X3 + m * X4],
    z[id.z * Z_B + i * Z0 + j * Z1 + k * Z2 + l * Z3 + m * Z4],
    w[id.z * W_B + i * W0 + j * W1 + k * W2 + l * W3 + m * W4],
  );
}
