/** Graphs on TensorFlow.js: each node by the operator that its users would take. */

import type { Graph, Node } from '../../src';
import type { Runner, Tf, TfPad, TfTensor } from './engines';

type Numbers = readonly number[];

/**
 * Values of four axes are held as NHWC, which TensorFlow.js wants; ONNX's Transposes to and from it vanish.
 * @throws for an operator that is not among those of the benchmark's models
 */
export function runnerOf(tf: Tf, graph: Graph): Runner {
  const constants = new Map<string, TfTensor>();
  for (const [name, constant] of graph.constants)
    if (constant.type === 'float32') constants.set(name, tf.tensor(constant.data, constant.shape));
  const moved = new Map<string, TfTensor>();
  const perm = (name: string, order: Numbers): TfTensor => {
    const known = moved.get(`${name} ${order}`);
    if (known) return known;
    const made = tf.transpose(constants.get(name)!, order);
    moved.set(`${name} ${order}`, made);
    return made;
  };
  const readersOf = (name: string) => graph.nodes.filter(({ inputs }) => inputs.includes(name));
  const steps: ((values: Map<string, TfTensor>) => void)[] = [];
  const isRelu = (node: Node | undefined) => node?.op === 'Relu';
  const done = new Set<Node>();
  const last = (name: string) => graph.outputs.includes(name);
  /** Whether a value of four axes lies as ONNX has it: what TensorFlow made, and its Transposes. */
  const pads = ([top = 0, left = 0, bottom = 0, right = 0]: Numbers): TfPad =>
    top + left + bottom + right
      ? [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ]
      : 'valid';

  for (const node of graph.nodes) {
    if (done.has(node)) continue;
    const [x, w, b] = node.inputs;
    let [y] = node.outputs;
    const { attributes } = node;
    const numbers = (name: string, otherwise: Numbers): Numbers => (attributes[name] as Numbers) ?? otherwise;
    const fuse = (): string => {
      const [next, ...others] = readersOf(y);
      if (others.length || !isRelu(next) || last(y)) return 'linear';
      done.add(next);
      [y] = next.outputs;
      return 'relu';
    };
    switch (node.op) {
      case 'Conv': {
        const depthwise = Number(attributes.group ?? 1) > 1;
        const filter = perm(w, depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0]);
        const activation = fuse();
        const options = {
          filter,
          strides: numbers('strides', [1, 1]),
          pad: pads(numbers('pads', [])),
          activation,
        };
        const bias = b ? constants.get(b) : undefined;
        const out = y;
        const conv = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
        steps.push((v) => v.set(out, conv({ x: v.get(x)!, bias, ...options })));
        break;
      }
      case 'Relu':
        steps.push((v) => v.set(node.outputs[0], tf.relu(v.get(x)!)));
        break;
      case 'MaxPool': {
        const [size, strides, pad] = [
          numbers('kernel_shape', []),
          numbers('strides', []),
          pads(numbers('pads', [])),
        ];
        steps.push((v) => v.set(y, tf.maxPool(v.get(x)!, size, strides, pad)));
        break;
      }
      case 'GlobalAveragePool':
        steps.push((v) => v.set(y, tf.mean(v.get(x)!, [1, 2], true)));
        break;
      case 'Flatten':
        // ONNX flattens channels first.
        steps.push((v) => {
          const from = v.get(x)!;
          const [N, H, W, C] = from.shape;
          v.set(y, tf.reshape(H * W > 1 ? tf.transpose(from, [0, 3, 1, 2]) : from, [N, H * W * C]));
        });
        break;
      case 'Gemm': {
        const weight = Number(attributes.transB ?? 0) ? perm(w, [1, 0]) : constants.get(w)!;
        const bias = b ? constants.get(b) : undefined;
        const activation = fuse();
        const out = y;
        steps.push((v) => v.set(out, tf.fused.matMul({ a: v.get(x)!, b: weight, bias, activation })));
        break;
      }
      case 'Add':
        steps.push((v) => v.set(y, tf.add(v.get(x)!, v.get(w)!)));
        break;
      case 'Concat': {
        const nchw = Number(attributes.axis) === 1;
        // Made here, not in a run, whose scope would free them.
        const known = node.inputs.map((name) => {
          const constant = constants.get(name);
          return nchw && constant?.shape.length === 4 ? perm(name, [0, 2, 3, 1]) : constant;
        });
        steps.push((v) => {
          const parts = node.inputs.map((name, at) => known[at] ?? v.get(name)!);
          v.set(y, tf.concat(parts, parts[0].shape.length === 4 && nchw ? 3 : Number(attributes.axis)));
        });
        break;
      }
      case 'Transpose':
        steps.push((v) => v.set(y, v.get(x)!));
        break;
      case 'Reshape': {
        const constant = graph.constants.get(w);
        if (constant?.type !== 'int64') throw new Error(`Reshape "${node.name}": its shape is computed`);
        const shape = Array.from(constant.data);
        steps.push((v) => v.set(y, tf.reshape(v.get(x)!, shape)));
        break;
      }
      default:
        throw new Error(`${node.op} "${node.name}" is not built for TensorFlow.js`);
    }
  }

  const [input] = graph.inputs;
  // A model that came from TensorFlow takes NHWC and turns it at once.
  const turns = readersOf(input.name).every(({ op }) => op === 'Transpose');
  return {
    async run(data, shape) {
      const result = tf.tidy(() => {
        const x = tf.tensor(data, shape);
        const values = new Map([[input.name, turns ? x : tf.transpose(x, [0, 2, 3, 1])]]);
        for (const step of steps) step(values);
        return values.get(graph.outputs[0])!;
      });
      const found = await result.data();
      result.dispose();
      return found;
    },
    destroy() {
      for (const tensor of [...constants.values(), ...moved.values()]) tensor.dispose();
    },
  };
}
