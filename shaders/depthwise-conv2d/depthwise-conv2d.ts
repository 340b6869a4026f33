import { activationFile } from '../activation';
import { type Conv2dOptions, convConstants, fill } from '../conv2d/conv2d';
import { channels4, type Kernel, line, type Plan } from '../plan';
import code from './depthwise-conv2d.wgsl?raw';

const kernel: Kernel = {
  name: 'depthwise-conv2d',
  files: [{ name: 'depthwise-conv2d.wgsl', code }, activationFile],
};

/** A Conv whose groups, I and O are one number. Operands x, weight (C,1,KH,KW), bias (C) -> y. */
export function planDepthwiseConv2d(o: Conv2dOptions): Plan[] {
  const C4 = channels4(o.O);
  return [
    {
      variant: 'plain',
      passes: [
        {
          kernel,
          constants: { C: o.O, ...convConstants(o) },
          bindings: ['x', 'weight', 'bias', 'y'],
          workgroups: [...line(o.HO * o.WO * (C4 / 4), 64), 1],
          batchAxis: 2,
        },
      ],
      pack: { weight: (w) => packChannelsLast(w, o.O, o.KH * o.KW), bias: (b) => fill(b, C4) },
    },
  ];
}

/** (C,K) -> (K,C4), zeros past channel C. */
function packChannelsLast(weight: Float32Array, C: number, K: number): Float32Array {
  const packed = new Float32Array(K * channels4(C));
  for (let c = 0; c < C; c++) for (let k = 0; k < K; k++) packed[k * channels4(C) + c] = weight[c * K + k];
  return packed;
}
