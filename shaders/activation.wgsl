// activation: the functions that a kernel can apply to what it is about to write.
//   0 none                          5 Clip         min(max(v, ALPHA), BETA)
//   1 Relu       max(v, 0)          6 Sigmoid      1 / (1 + exp(-v))
//   2 LeakyRelu  v < 0 ? ALPHA v    7 Tanh
//   3 Elu        v < 0 ? ALPHA (exp(v) - 1)
//   4 HardSwish  v HardSigmoid(v)   8 HardSigmoid  min(max(ALPHA v + BETA, 0), 1)
// This file is joined to the kernels that call activate(); ACTIVATION is fixed when the pipeline is made, so the
// driver keeps one branch. Definitions are ONNX's.

override ACTIVATION: u32 = 0;
override ALPHA: f32 = 0;
override BETA: f32 = 0;

fn activate(v: vec4f) -> vec4f {
  switch ACTIVATION {
    case 1: { return max(v, vec4f(0)); }
    case 2: { return select(v, ALPHA * v, v < vec4f(0)); }
    // exp() of what is not chosen may overflow, so it never sees a positive number.
    case 3: { return select(v, ALPHA * (exp(min(v, vec4f(0))) - 1), v < vec4f(0)); }
    case 4: { return v * clamp(v / 6 + 0.5, vec4f(0), vec4f(1)); }
    case 5: { return min(max(v, vec4f(ALPHA)), vec4f(BETA)); }
    // exp(-v) is infinite from v = -89 on, and some drivers make NaN of it.
    case 6: { return 1 / (1 + exp(-max(v, vec4f(-87)))); }
    // tanh(100) is NaN on SwiftShader; beyond 10, f32 holds nothing but 1.
    case 7: { return tanh(clamp(v, vec4f(-10), vec4f(10))); }
    case 8: { return clamp(ALPHA * v + BETA, vec4f(0), vec4f(1)); }
    default: { return v; }
  }
}
