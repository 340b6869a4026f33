// activation: what a kernel applies to the values that it is about to write.
//   y = act(v), where act is a row of the table in activation.ts: Relu, Elu, Tanh, ... as ONNX defines them
// This file is placed before the kernels that call activate(). The table's rows become the cases of the switch,
// numbered from 1. ACTIVATION is fixed when the pipeline is created, so the driver keeps one case.

override ACTIVATION: u32 = 0;
override ALPHA: f32 = 0;
override BETA: f32 = 0;

fn activate(v: vec4f) -> vec4f {
  switch ACTIVATION {
    default: { return v; }
  }
}
