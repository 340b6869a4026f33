/** Graphs built by hand: what is computed when a model is loaded, and what its values may be. */

import { describe, expect, test } from 'vitest';
import { operators as further } from '../../src/graph/further';
import {
  type Constant,
  type ElementType,
  floats,
  type Graph,
  integers,
  type Node,
} from '../../src/graph/graph';
import { operators } from '../../src/graph/operators';
import { folds } from '../../src/graph/passes/fold';
import { modernise } from '../../src/graph/passes/modernise';
import * as passes from '../../src/graph/passes/resolve';
import { withOperators } from '../../src/graph/with-operators';
import { lower } from '../../src/network/lower';

const resolve = async (graph: Graph, batch: number) => passes.resolve(await withOperators(graph), batch);

const node = (op: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node => ({
  ...{ op, domain: '', name: output, inputs, outputs: [output], attributes },
});

function graphOf(
  nodes: readonly Node[],
  shape: readonly (number | string)[],
  constants: Readonly<Record<string, Constant>> = {},
  type: ElementType = 'float',
): Graph {
  const outputs = [nodes[nodes.length - 1].outputs[0]];
  const inputs = [{ name: 'x', shape, type }];
  return { name: 'g', opset: 21, inputs, outputs, nodes, constants: new Map(Object.entries(constants)) };
}

describe('constants', () => {
  const cast = (data: number[], to: number) =>
    folds.Cast(node('Cast', ['c'], 'y', { to }), [floats([data.length], data)]);

  test.each([
    ['bool', 9, [0.5, 2, 0, -0], { type: 'bool', data: Float64Array.of(1, 1, 0, 0) }],
    ['int32', 6, [2 ** 31, -1.5, 2.9], { type: 'int64', data: Float64Array.of(-(2 ** 31), -1, 2) }],
    ['uint8', 2, [256, 255, -1], { type: 'int64', data: Float64Array.of(0, 255, 255) }],
    ['int8', 3, [128, -129, 1], { type: 'int64', data: Float64Array.of(-128, 127, 1) }],
    ['int64', 7, [2 ** 40, -2.5], { type: 'int64', data: Float64Array.of(2 ** 40, -2) }],
    ['float', 1, [0.5], { type: 'float32', data: Float32Array.of(0.5) }],
  ])('are cast to %s as in C', (_, to, data, wanted) => {
    expect(cast(data, to)).toMatchObject(wanted);
  });

  test('are refused where an integer would wrap around', async () => {
    const large = integers([2 ** 30, 3]);
    const add = node('Add', ['a', 'b'], 'y');
    expect(() => folds.Add(add, [large, large])).toThrow(
      'Add "y": its integers would be greater than 2147483647',
    );
    expect(folds.Sub(add, [large, large]).data).toEqual(Float64Array.of(0, 0));
  });

  test('that are NaN are no reason to refuse an open batch', async () => {
    const graph = graphOf([node('Add', ['x', 'c'], 'y')], ['N', 2], { c: floats([2], [Number.NaN, 1]) });
    expect((await resolve(graph, 2)).shapes.get('y')).toEqual([2, 2]);
  });
});

describe('a constant that depends on the batch', () => {
  const size = node('Gather', ['shape', 'zero'], 'size');
  const shape = [node('Shape', ['x'], 'shape'), size];
  const constants = {
    zero: integers([0]),
    one: integers([1]),
    ends: integers([2 ** 40]),
    axis: integers([0]),
  };

  test('may be a shape', async () => {
    const nodes = [
      ...shape,
      node('Concat', ['size', 'one'], 's', { axis: 0 }),
      node('Reshape', ['x', 's'], 'y'),
    ];
    expect((await resolve(graphOf(nodes, ['N', 1], constants), 3)).shapes.get('y')).toEqual([3, 1]);
  });

  test('may have equal rows', async () => {
    const fill = node('ConstantOfShape', ['shape'], 'c', { value: floats([1], [7]) });
    const nodes = [shape[0], fill, node('Add', ['x', 'c'], 'y')];
    expect((await resolve(graphOf(nodes, ['N', 2]), 3)).shapes.get('y')).toEqual([3, 2]);
  });

  test.each([
    ['a number', [node('Cast', ['size'], 'f', { to: 1 }), node('Div', ['x', 'f'], 'y')]],
    [
      'a number in a row',
      [
        node('Concat', ['one', 'size'], 'i', { axis: 0 }),
        node('Cast', ['i'], 'f', { to: 1 }),
        node('Add', ['x', 'f'], 'y'),
      ],
    ],
  ])('is refused as %s', async (_, nodes) => {
    const graph = graphOf([...shape, ...nodes], ['N', 2], constants);
    await expect(resolve(graph, 3)).rejects.toThrow(
      /"y": computes with the size of the batch \("f"\), which may change/,
    );
    expect((await resolve({ ...graph, inputs: [{ name: 'x', shape: [3, 2] }] }, 1)).shapes.get('y')).toEqual([
      3, 2,
    ]);
  });

  test('is 1 for good where a constant contains it and the batch is 1', async () => {
    const nodes = [node('Cast', ['size'], 'f', { to: 1 }), node('Div', ['x', 'f'], 'y')];
    const graph = graphOf([...shape, ...nodes], ['N', 2], constants);
    const { batch, inputs } = await lower(graph, { batch: 1 });
    expect({ batch, inputs }).toMatchObject({ batch: 1, inputs: [{ shape: [1, 2], batched: false }] });
    await expect(lower(graph, { batch: 2 })).rejects.toThrow('computes with the size of the batch');
  });
});

describe('whole numbers', () => {
  test.each([
    ['Div', { c: integers([2]) }],
    ['Relu', {}],
    ['Softmax', {}],
  ])('are not computed with by %s', async (op, constants) => {
    const graph = graphOf([node(op, ['x', ...Object.keys(constants)], 'y')], [2, 3], constants, 'integer');
    await expect(resolve(graph, 1)).rejects.toThrow(`${op} "y": computes with values of type integer`);
  });

  test('are moved, and cast to float', async () => {
    const nodes = [
      node('Transpose', ['x'], 't'),
      node('Cast', ['t'], 'f', { to: 1 }),
      node('Relu', ['f'], 'y'),
    ];
    expect((await resolve(graphOf(nodes, [2, 3], {}, 'integer'), 1)).shapes.get('y')).toEqual([3, 2]);
  });
});

test('the scales of Upsample in opset 7 become an input', async () => {
  const up = node('Upsample', ['x'], 'y', { scales: [1, 1, 2, 3], mode: 'nearest' });
  const graph = modernise({ ...graphOf([up], [1, 2, 3, 4]), opset: 7 });
  expect((await resolve(graph, 1)).shapes.get('y')).toEqual([1, 2, 6, 12]);
});

test('labels are not moved by operators that would lose their names', async () => {
  const svm: Node = {
    ...{ ...node('SVMClassifier', ['x'], 'label'), domain: 'ai.onnx.ml', outputs: ['label', 'scores'] },
    attributes: { classlabels_ints: [5, 7] },
  };
  const joined = graphOf([svm, node('Concat', ['label', 'label'], 'y', { axis: 0 })], [2, 3]);
  await expect(resolve(joined, 1)).rejects.toThrow('Concat "y": computes with class labels');
  const reshaped = graphOf([svm, node('Unsqueeze', ['label', 'axes'], 'y')], [2, 3], { axes: integers([1]) });
  expect((await resolve(reshaped, 1)).shapes.get('y')).toEqual([2, 1]);
});

describe('a node with too few inputs is refused by name', () => {
  test.each([...Object.keys(operators), ...Object.keys(further)])('%s', async (name) => {
    const dot = name.lastIndexOf('.');
    const few = { ...node(name.slice(dot + 1), [], 'few'), domain: name.slice(0, Math.max(dot, 0)) };
    for (const inputs of [[], ['x']]) {
      const graph = graphOf([{ ...few, inputs }], [2, 3]);
      const refused = await resolve(graph, 1).catch((error: Error) => error.message);
      // Some operators run with one input.
      if (typeof refused === 'string') expect(refused).toMatch(/"few"/);
      if (typeof refused === 'string') expect(refused).not.toMatch(/Cannot read|undefined|is not iterable/);
    }
  });
});

test('a small file can not create constants without end', async () => {
  const many = Array.from({ length: 20 }, (_, i) => node('ConstantOfShape', ['size'], `c${i}`));
  const nodes = [...many, node('Add', ['x', 'c19'], 'y')];
  const bomb = graphOf(nodes, [1], { size: integers([2 ** 24]) });
  await expect(resolve(bomb, 1)).rejects.toThrow(
    'ConstantOfShape "c16": the constants computed up to here have 285212672 numbers; at most 268435456 are allowed',
  );
});
