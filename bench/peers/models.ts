/** The models that all engines run: two that ship, cut or resolved to what every engine reads, and two made here. */

import { type Graph, loadOnnx } from '../../src';
import { resolve } from '../../src/graph/passes/resolve';
import { shippedModels } from '../../src/models';
import { type Model, mobileNet, vgg } from '../models';

/** A model, and its file for LiteRT, where litert/convert.py makes one. */
export interface PeerModel extends Model {
  readonly tflite?: URL;
}

/** The CNN of expression.onnx, to its features: no peer's WebGPU build has the SVM's operators. */
async function expression(): Promise<PeerModel> {
  const graph = await loadOnnx(shippedModels.expression());
  const cut = { ...graph, outputs: ['features'] };
  return {
    ...{ name: 'expression.onnx, CNN', graph: plain(cut), shape: [1, 48, 48], multiplyAdds: 86e6 },
    tflite: new URL('./litert/expression-cnn.tflite', import.meta.url),
  };
}

async function blazeFace(): Promise<PeerModel> {
  const graph = await loadOnnx(shippedModels.detector('fast'));
  return {
    name: 'BlazeFace 128',
    graph: plain(graph),
    shape: graph.inputs[0].shape.slice(1).map(Number),
    multiplyAdds: 31e6,
    tflite: new URL('./litert/blazeface-128.tflite', import.meta.url),
  };
}

/** What computes constants done, and what no output needs left out; the batch stays open if it was. */
function plain(graph: Graph): Graph {
  const { nodes, constants } = resolve(graph, 1);
  const needed = new Set(graph.outputs);
  const kept = nodes
    .toReversed()
    .filter(({ inputs, outputs }) => {
      if (!outputs.some((name) => needed.has(name))) return false;
      for (const name of inputs) needed.add(name);
      return true;
    })
    .reverse();
  const used = new Map([...constants].filter(([name]) => needed.has(name)));
  return { ...graph, nodes: kept, constants: used };
}

export const loadModels = async (): Promise<PeerModel[]> => [
  vgg(),
  mobileNet(),
  await expression(),
  await blazeFace(),
];
