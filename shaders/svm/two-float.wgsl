// two-float: numbers with 48 bits, each the sum of two f32: x is the number rounded to f32, y the remainder.
//   WGSL lets a compiler compute (a + b) - a as b, which is exact but loses the remainder that is wanted. For this
//   reason sums pass through hidden(), an XOR with a zero that the compiler does not know: each kernel reads `zero`
//   from a buffer.
//   Dekker, A floating-point technique for extending the available precision, Numerische Mathematik 18, 1971.

var<private> zero: u32;

fn hidden(v: f32) -> f32 { return bitcast<f32>(bitcast<u32>(v) ^ zero); }

// The upper 12 bits of the significand. A product of two such numbers is exact.
fn upper(v: f32) -> f32 { return bitcast<f32>(bitcast<u32>(v) & 0xfffff000u); }

fn sumOf(a: f32, b: f32) -> vec2f {
  let sum = hidden(a + b);
  let added = hidden(sum - a);
  return vec2f(sum, hidden(a - hidden(sum - added)) + hidden(b - added));
}

// The same for |a| >= |b|.
fn normal(a: f32, b: f32) -> vec2f {
  let sum = hidden(a + b);
  return vec2f(sum, b - hidden(sum - a));
}

fn productOf(a: f32, b: f32) -> vec2f {
  let product = hidden(a * b);
  let aa = upper(a); let al = hidden(a - aa);
  let ba = upper(b); let bl = hidden(b - ba);
  return vec2f(product, hidden(hidden(hidden(aa * ba - product) + aa * bl) + al * ba) + al * bl);
}

fn add(a: vec2f, b: vec2f) -> vec2f {
  let sum = sumOf(a.x, b.x);
  return normal(sum.x, sum.y + (a.y + b.y));
}

fn multiply(a: vec2f, b: vec2f) -> vec2f {
  let product = productOf(a.x, b.x);
  return normal(product.x, product.y + (a.x * b.y + a.y * b.x));
}
