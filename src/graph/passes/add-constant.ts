import { type Constant, type Graph, type Node, unusedName } from '../graph';

/** Adds a constant for a node's input, and returns its name. */
export type AddConstant = (node: Node, name: string, value: Constant) => string;

/** A graph's constants, to which `add` adds more under names that the graph does not use. */
export function adding(graph: Graph): {
  readonly constants: Map<string, Constant>;
  readonly add: AddConstant;
} {
  const constants = new Map(graph.constants);
  const taken = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...constants.keys(),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const add: AddConstant = (node, name, value) => {
    const id = unusedName(`${node.outputs[0]}/${name}`, (n) => taken.has(n));
    taken.add(id);
    constants.set(id, value);
    return id;
  };
  return { constants, add };
}
