// svm-kernel, precise: kernelOf() for two-float numbers, with an error of about 1e-11 of the largest result.

override KERNEL: u32; override DEGREE: u32;
override GAMMA: f32; override GAMMA_REST: f32; override COEF0: f32; override COEF0_REST: f32;

// exp(t) for t <= 0: 2^n exp(r / 64)^64 with |r| < 0.35, where the Taylor series needs five terms.
fn exponential(t: vec2f) -> vec2f {
  if (t.x < -87) { return vec2f(); }  // below every normal f32
  let n = round(t.x * 1.44269504);
  // ln 2 as a number of 14 bits, whose product with n is exact, and the rest.
  let rest = productOf(n, -1.4286068e-06);
  let r = add(add(vec2f(t.x, 0), vec2f(-n * 0.693145752, 0)), vec2f(rest.x, rest.y - n * 5.4956040e-14 + t.y)) / 64;
  let series = r.x * r.x * (0.5 + r.x * (0.16666667 + r.x * (0.041666667 + r.x * 0.0083333333)));
  var e = add(vec2f(1, 0), add(r, vec2f(series, r.x * r.y)));
  for (var i = 0; i < 6; i++) { e = multiply(e, e); }
  return e * bitcast<f32>(u32(n + 127) << 23);
}

// tanh(t) = (1 - e) / (1 + e) with e = exp(-2 |t|), and the sign of t.
fn tangent(t: vec2f) -> vec2f {
  let e = exponential(select(-2.0, 2.0, t.x < 0) * t);
  let above = add(vec2f(1, 0), -e);
  let below = add(vec2f(1, 0), e);
  let quotient = above.x / below.x;
  let rest = add(above, -multiply(below, vec2f(quotient, 0)));
  return normal(quotient, rest.x / below.x) * select(1.0, -1.0, t.x < 0);
}

fn kernelOf(sum: vec2f) -> vec2f {
  if (KERNEL == 0) { return sum; }
  let scaled = multiply(vec2f(GAMMA, GAMMA_REST), sum);
  if (KERNEL == 2) { return exponential(-scaled); }
  let t = add(scaled, vec2f(COEF0, COEF0_REST));
  if (KERNEL == 3) { return tangent(t); }
  var result = vec2f(1, 0);
  var square = t;
  for (var n = DEGREE; n > 0; n /= 2) {
    if (n % 2 == 1) { result = multiply(result, square); }
    square = multiply(square, square);
  }
  return result;
}
