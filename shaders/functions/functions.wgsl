// After    activation.wgsl: activate()
// functions: a function of each number (ONNX's Abs, Exp, Sin, ...).
//   y[e] = f( x[e] )
//   The function erfc() is in snippets/activation.wgsl.
// Idea     All functions of one number share this text: the table in functions.ts has f as WGSL, and it replaces the
//          line of apply(). Each number is independent, so one invocation computes one number. The functions before
//          apply() are here because WGSL's own sin() and cos() may be inexact, and because simple formulas would
//          overflow for large numbers.
// Layout   x, y: any, the same for both. Of each CS numbers, the first C have a meaning; the rest is padding of
//          channels and becomes 0 (a logarithm might be infinite).
// Threads  one per number; z is the batch.

override SIZE: u32;  // numbers in an item
override C: u32; override CS: u32;

// exp without an overflow inside: for large v the product is infinite, on every driver.
fn power_of_e(v: f32) -> f32 {
  let half = exp(clamp(0.5 * v, -52.0, 52.0));
  return half * half;
}

// sin(v) for |v| up to pi / 2: Taylor's series up to v^11.
fn short_sin(v: f32) -> f32 {
  let s = v * v;
  return v * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110)))));
}

// v - n pi, with pi in three parts, so that the first products are exact.
fn minus_pi(v: f32, n: f32) -> f32 { return ((v - n * 3.140625) - n * 0.00096750259) - n * 1.50995799e-7; }

fn sign_of(n: f32) -> f32 { return 1 - 2 * abs(n - 2 * floor(0.5 * n)); }

// WGSL's own sin and cos may be wrong by 2^-11.
fn precise_sin(v: f32) -> f32 {
  let n = round(v * 0.31830989);
  return sign_of(n) * short_sin(minus_pi(v, n));
}

fn precise_cos(v: f32) -> f32 {
  let n = round(v * 0.31830989 - 0.5);
  return -sign_of(n) * short_sin(minus_pi(v, n + 0.5));
}

// ln(a + sqrt(s)) for a >= 0, where s is near a^2 and may overflow.
fn log_of_sum(a: f32, s: f32) -> f32 {
  return select(log(a + sqrt(s)), log(a) + 0.69314718, a > 1e9);
}

fn apply(v: f32) -> f32 {
  return v;
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= SIZE) { return; }
  let out = id.z * SIZE + at;
  if (at % CS >= C) { y[out] = 0; return; }
  y[out] = apply(x[out]);
}
