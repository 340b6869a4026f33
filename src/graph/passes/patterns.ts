/** Activations that exporters write as several nodes become one node, so that it can be fused. */

import type { Node } from '../graph';
import type { FusedGraph, FusedNode } from './join-pairs';

/** What a pattern looks at. */
interface View {
  /** The node that computes a value. */
  maker(name: string): FusedNode | undefined;
  /** Whether a value is a constant of one number near `wanted`, up to a rounding of f32. */
  is(name: string, wanted: number): boolean;
}

/** The nodes that are found get the shape of x: a constant with more axes would add some. */
export function findActivations(graph: FusedGraph): FusedGraph {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  const view: View = {
    maker: (name) => makers.get(name),
    is(name, wanted) {
      const constant = graph.constants.get(name);
      return (
        constant?.type === 'float32' &&
        constant.data.length === 1 &&
        Math.abs(constant.data[0] / wanted - 1) < 1e-6
      );
    },
  };
  const nodes = graph.nodes.map((node) => {
    if (node.op !== 'Mul' || node.domain || node.activation) return node;
    const found = swish(node, view) ?? gelu(node, view);
    const [x, y] = [found?.inputs[0] ?? '', node.outputs[0]].map((name) => graph.shapes.get(name)?.join());
    return found && x === y ? { ...node, ...found } : node;
  });
  return { ...graph, nodes };
}

type Found = Pick<Node, 'op' | 'inputs' | 'attributes'>;

/** x Sigmoid(x), in either order. */
function swish({ inputs: [a, b] }: Node, { maker }: View): Found | undefined {
  const isSigmoidOf = (gate: string, x: string) => {
    const node = maker(gate);
    return node?.op === 'Sigmoid' && !node.domain && node.inputs[0] === x;
  };
  const x = isSigmoidOf(b, a) ? a : isSigmoidOf(a, b) ? b : undefined;
  return x === undefined ? undefined : { op: 'Swish', inputs: [x], attributes: { alpha: 1 } };
}

/** The product of x, 0.5 and 1 + Erf(x / sqrt 2), in any order. */
function gelu({ inputs: [a, b] }: Node, view: View): Found | undefined {
  const factorsOf = (name: string) => {
    const node = view.maker(name);
    return node?.op === 'Mul' && !node.activation ? node.inputs : undefined;
  };
  for (const [product, other] of [
    [factorsOf(a), b],
    [factorsOf(b), a],
  ] as const) {
    const factors = [...(product ?? []), other];
    const rest = factors.filter((name) => !view.is(name, 0.5));
    if (factors.length !== 3 || rest.length !== 2) continue;
    const x = rest.find((name, i) => oneAndErfOf(rest[1 - i], view) === name);
    if (x !== undefined) return { op: 'Gelu', inputs: [x], attributes: { approximate: 0 } };
  }
  return undefined;
}

/** x, if a value is 1 + Erf(x / sqrt 2). */
function oneAndErfOf(name: string, { maker, is }: View): string | undefined {
  const sum = maker(name);
  if (sum?.op !== 'Add' || sum.activation) return undefined;
  const erf = maker(is(sum.inputs[0], 1) ? sum.inputs[1] : is(sum.inputs[1], 1) ? sum.inputs[0] : '');
  const scaled = erf?.op === 'Erf' ? maker(erf.inputs[0]) : undefined;
  if (!scaled || scaled.activation) return undefined;
  const [a, b] = scaled.inputs;
  if (scaled.op === 'Div' && is(b, Math.SQRT2)) return a;
  if (scaled.op !== 'Mul') return undefined;
  return is(b, Math.SQRT1_2) ? a : is(a, Math.SQRT1_2) ? b : undefined;
}
