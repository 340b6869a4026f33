/** Two networks with random weights, which the benchmarks run: a small VGG, and one like MobileNet. */

import { random } from '../shaders/cases/case';
import type { Constant, Graph, Node } from '../src';
import { floats } from '../src/graph/graph';

export interface Model {
  readonly name: string;
  readonly graph: Graph;
  /** Of one item, without the batch. */
  readonly shape: readonly number[];
  readonly multiplyAdds: number;
}

/** Builds a chain of layers with weights from a seed, as large as He et al. (2015) have it, so that nothing vanishes. */
class Chain {
  private readonly nodes: Node[] = [];
  private readonly constants = new Map<string, Constant>();
  private last = 'x';
  private side: number;
  multiplyAdds = 0;

  constructor(
    private channels: number,
    size: number,
  ) {
    this.side = size;
  }

  private add(op: string, inputs: readonly string[], attributes: Node['attributes'] = {}): this {
    const name = `${op}${this.nodes.length}`;
    this.nodes.push({ op, domain: '', name, inputs: [this.last, ...inputs], outputs: [name], attributes });
    this.last = name;
    return this;
  }

  private weights(shape: readonly number[], taps: number): string {
    const name = `w${this.constants.size}`;
    const reach = Math.sqrt(6 / taps);
    const length = shape.reduce((a, b) => a * b);
    this.constants.set(name, floats(shape, random(this.constants.size + 1, length, -reach, reach)));
    return name;
  }

  private bias(length: number): string {
    const name = `b${this.constants.size}`;
    this.constants.set(name, floats([length], random(this.constants.size + 1, length, -0.1, 0.1)));
    return name;
  }

  conv(outputs: number, k: number, { stride = 1, depthwise = false } = {}): this {
    const inputs = depthwise ? 1 : this.channels;
    this.side = Math.ceil(this.side / stride);
    this.multiplyAdds += outputs * inputs * k * k * this.side ** 2;
    const w = this.weights([outputs, inputs, k, k], inputs * k * k);
    const pad = (k - 1) / 2;
    const group = depthwise ? this.channels : 1;
    this.channels = outputs;
    return this.add('Conv', [w, this.bias(outputs)], {
      ...{
        group,
        kernel_shape: [k, k],
        pads: [pad, pad, pad, pad],
        strides: [stride, stride],
        dilations: [1, 1],
      },
    }).add('Relu', []);
  }

  pool(): this {
    this.side /= 2;
    return this.add('MaxPool', [], { kernel_shape: [2, 2], strides: [2, 2] });
  }

  flatten(): this {
    this.channels *= this.side ** 2;
    return this.add('Flatten', [], { axis: 1 });
  }

  average(): this {
    this.side = 1;
    return this.add('GlobalAveragePool', []).flatten();
  }

  dense(outputs: number, relu = true): this {
    this.multiplyAdds += outputs * this.channels;
    const w = this.weights([outputs, this.channels], this.channels);
    this.channels = outputs;
    this.add('Gemm', [w, this.bias(outputs)], { transB: 1 });
    return relu ? this.add('Relu', []) : this;
  }

  done(name: string, shape: readonly number[]): Model {
    const { nodes, constants } = this;
    const inputs = [{ name: 'x', shape: ['N', ...shape] }];
    const graph = { name, opset: 13, inputs, outputs: [this.last], nodes, constants };
    return { name, graph, shape, multiplyAdds: this.multiplyAdds };
  }
}

/** 48 x 48 grey: six 3x3 convolutions, three pools, two dense layers. */
export const vgg = (): Model =>
  new Chain(1, 48)
    .conv(32, 3)
    .conv(32, 3)
    .pool()
    .conv(64, 3)
    .conv(64, 3)
    .pool()
    .conv(128, 3)
    .conv(128, 3)
    .pool()
    .flatten()
    .dense(128)
    .dense(7, false)
    .done('VGG', [1, 48, 48]);

/** 96 x 96 in colour: a stem, and pairs of depthwise and 1x1 convolutions. */
export function mobileNet(): Model {
  const chain = new Chain(3, 96).conv(16, 3, { stride: 2 });
  let channels = 16;
  for (const [outputs, stride] of [
    [32, 1],
    [64, 2],
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
  ]) {
    chain.conv(channels, 3, { stride, depthwise: true }).conv(outputs, 1);
    channels = outputs;
  }
  return chain.average().dense(100, false).done('MobileNet-like', [3, 96, 96]);
}
