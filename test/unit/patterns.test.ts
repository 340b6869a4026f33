/** Activations that models contain in parts. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadOnnx } from '../../src/formats/load';
import { floats, type Graph, type Node } from '../../src/graph/graph';
import { beforeLowering } from '../../src/graph/passes/passes';
import { withOperators } from '../../src/graph/with-operators';
import { root } from '../fixtures';

test.each([
  ['pattern-swish', 'Swish'],
  ['pattern-swish-swapped', 'Swish'],
  ['pattern-gelu-torch', 'Gelu'],
  ['pattern-gelu-tensorflow', 'Gelu'],
])('%s runs as one Conv with %s', async (name, op) => {
  const graph = await loadOnnx(readFileSync(`${root}/test/fixtures/nets/${name}.onnx`), name);
  const { nodes } = await beforeLowering(graph, 2);
  expect(nodes.map((node) => [node.op, node.activation?.op])).toEqual([['Conv', op]]);
});

const node = (op: string, inputs: string[], output: string): Node => ({
  ...{ op, domain: '', name: output, inputs, outputs: [output], attributes: {} },
});

const opsOf = async (nodes: Node[]): Promise<string[]> => {
  const inputs = ['x', 'z'].map((name) => ({ name, shape: [2, 3] }));
  const constants = new Map([['half', floats([], [0.5])] as const, ['one', floats([], [1])] as const]);
  const graph: Graph = { name: 'g', opset: 21, inputs, outputs: ['y'], nodes, constants };
  return (await beforeLowering(await withOperators(graph), 2)).nodes.map(({ op }) => op);
};

test('the product with the Sigmoid of another value is no Swish', async () => {
  const nodes = [node('Sigmoid', ['z'], 's'), node('Mul', ['x', 's'], 'y')];
  expect(await opsOf(nodes)).toEqual(['Sigmoid', 'Mul']);
});

test('Erf of x itself gives no Gelu', async () => {
  const nodes = [
    node('Erf', ['x'], 'e'),
    node('Add', ['e', 'one'], 's'),
    node('Mul', ['x', 's'], 'p'),
    node('Mul', ['p', 'half'], 'y'),
  ];
  expect(await opsOf(nodes)).toEqual(['Erf', 'Add', 'Mul', 'Mul']);
});
