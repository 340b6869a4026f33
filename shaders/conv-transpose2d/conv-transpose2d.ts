import { type Candidates, channels4, fill, type Kernel, line, type Plan, plainPlan } from '../plan/plan';
import { type WindowOptions, windowConstants } from '../plan/window';
import { type Activation, activationConstants, activationFile } from '../snippets/activation';
import code from './conv-transpose2d.wgsl?raw';
import vectorsCode from './conv-transpose2d-vectors.wgsl?raw';

/** Sizes in the names of ONNX's ConvTranspose: x (B,I,H,W), y (B,O,HO,WO). */
export interface ConvTranspose2dOptions extends WindowOptions {
  readonly B: number;
  readonly I: number;
  readonly O: number;
  readonly groups: number;
  readonly activation?: Activation;
}

const kernel: Kernel = {
  name: 'conv-transpose2d',
  files: [activationFile, { name: 'conv-transpose2d.wgsl', code }],
};
const vectorsKernel: Kernel = {
  name: 'conv-transpose2d-vectors',
  files: [activationFile, { name: 'conv-transpose2d-vectors.wgsl', code: vectorsCode }],
};

/** Operands x, weight (I,O/groups,KH,KW), bias (O) -> y. Weight and bias are constant. */
export function planConvTranspose2d(o: ConvTranspose2dOptions): Candidates {
  const constants = { I: o.I, O: o.O, ...windowConstants(o), ...activationConstants(o.activation) };
  const bindings = ['x', 'weight', 'bias', 'y'];
  const O4 = channels4(o.O);
  const start = plainPlan({
    ...{ kernel, constants: { ...constants, GROUPS: o.groups }, bindings },
    workgroups: [...line(o.HO * o.WO * O4, 64), 1],
  });
  if (o.groups > 1) return { start, ranked: [start] };
  const pass = { kernel: vectorsKernel, constants, bindings };
  const vectors: Plan = {
    ...plainPlan({ ...pass, workgroups: [...line((o.HO * o.WO * O4) / 4, 64), 1] }),
    variant: 'vectors',
    pack: { weight: (w) => packVectors(w, o), bias: (b) => fill(b, O4) },
  };
  return { start, ranked: [vectors, start] };
}

/** weight (I,O,KH,KW) -> (KH,KW,I4,O4). */
function packVectors(weight: Float32Array, { I, O, KH, KW }: ConvTranspose2dOptions): Float32Array {
  const [I4, O4, taps] = [channels4(I), channels4(O), KH * KW];
  const packed = new Float32Array(taps * I4 * O4);
  for (let i = 0; i < I; i++)
    for (let o = 0; o < O; o++)
      for (let tap = 0; tap < taps; tap++) packed[(tap * I4 + i) * O4 + o] = weight[(i * O + o) * taps + tap];
  return packed;
}
