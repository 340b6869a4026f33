// svm-kernel: the kernel function of a sum that is already known: the product x·v, or for RBF the distance |x - v|².
//   This file is placed before the kernels that call kernelOf(). KERNEL is fixed when the pipeline is created.

override KERNEL: u32;
override GAMMA: f32; override COEF0: f32; override DEGREE: u32;

// pow(-2, 3) is +8 on some drivers, so a power is a chain of products.
fn power(base: vec4f, exponent: u32) -> vec4f {
  var result = vec4f(1);
  var square = base;
  for (var n = exponent; n > 0; n /= 2) {
    if (n % 2 == 1) { result *= square; }
    square *= square;
  }
  return result;
}

fn kernelOf(sum: vec4f) -> vec4f {
  switch KERNEL {
    case 1: { return power(GAMMA * sum + COEF0, DEGREE); }
    case 2: { return exp(-GAMMA * sum); }
    // tanh(100) is NaN on SwiftShader; beyond 10, the nearest f32 is 1.
    case 3: { return tanh(clamp(GAMMA * sum + COEF0, vec4f(-10), vec4f(10))); }
    default: { return sum; }
  }
}
