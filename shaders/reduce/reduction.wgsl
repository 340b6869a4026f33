// reduction: the parts of the reductions, for the kernels in this folder. Each joins N numbers to one:
//   KIND 0 sum   1 mean   2 max   3 min   4 prod   5 sum |x|   6 sqrt( sum x² )   7 sum x²   8 log( sum x )
//        9 log( sum exp(x) ), computed as m + log( sum exp(x - m) ) with m = max x, so that exp cannot overflow

override KIND: u32;
override N: u32;

/** The value to start with, given one of the numbers. */
fn start(first: f32) -> f32 {
  if (KIND == 2 || KIND == 3) { return first; }
  return select(0.0, 1.0, KIND == 4);
}

/** What is joined for a number. m: the largest number for KIND 9. */
fn take(v: f32, m: f32) -> f32 {
  if (KIND == 5) { return abs(v); }
  if (KIND == 6 || KIND == 7) { return v * v; }
  if (KIND == 9) { return exp(v - m); }
  return v;
}

fn join(a: f32, b: f32) -> f32 {
  if (KIND == 2) { return max(a, b); }
  if (KIND == 3) { return min(a, b); }
  if (KIND == 4) { return a * b; }
  return a + b;
}

fn finish(v: f32, m: f32) -> f32 {
  if (KIND == 1) { return v / f32(N); }
  if (KIND == 6) { return sqrt(v); }
  if (KIND == 8) { return log(v); }
  if (KIND == 9) { return m + log(v); }
  return v;
}

/** A finite number in place of an infinite one, since the difference of two infinite numbers is not a number. */
fn bounded(m: f32) -> f32 { return clamp(m, -3.4028234e38, 3.4028234e38); }
