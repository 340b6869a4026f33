// activation: what a kernel applies to the values that it is about to write.
//   y = act(v), where act is a row of the table in activation.ts: Relu, Elu, Tanh, ... as ONNX defines them
// This file is placed before the kernels that call activate(). The table's rows become the cases of the switch,
// numbered from 1. ACTIVATION is fixed when the pipeline is created, so the driver keeps one case.

override ACTIVATION: u32 = 0;
override ALPHA: f32 = 0;
override BETA: f32 = 0;

// 1 - erf(x) for x >= 0: formula 7.1.26 of Abramowitz and Stegun, whose error is at most 1.5e-7.
fn erfc(x: vec4f) -> vec4f {
  let t = 1 / (1 + 0.3275911 * x);
  let p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return p * exp(-min(x * x, vec4f(87)));
}

// ln(1 + x) for x in 0 .. 1: 1 + x would round a small x, so that there it is a series.
fn log1p(x: vec4f) -> vec4f {
  return select(log(1 + x), x * (1 - x * (0.5 - x * (0.33333334 - 0.25 * x))), x < vec4f(0.02));
}

fn activate(v: vec4f) -> vec4f {
  switch ACTIVATION {
    default: { return v; }
  }
}
