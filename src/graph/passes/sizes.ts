import type { Graph } from '../graph';

/**
 * Replaces the symbolic dimensions of the inputs that `dims` contains, by their names, such as `{ H: 320, W: 320 }`.
 * @throws if a size is not a whole number of at least 1, or if no input has a dimension of that name
 */
export function setSizes<G extends Graph>(graph: G, dims: Readonly<Record<string, number>>): G {
  const names = new Set(graph.inputs.flatMap(({ shape }) => shape.filter((d) => typeof d === 'string')));
  for (const [name, size] of Object.entries(dims)) {
    if (!names.has(name))
      throw new Error(
        `dims has "${name}", but ${names.size ? `the model's open dimensions are ${[...names].join(', ')}` : 'no dimension of the model is open'}`,
      );
    if (!Number.isInteger(size) || size < 1)
      throw new Error(`dims.${name} is ${size}; it must be a whole number of at least 1`);
  }
  const inputs = graph.inputs.map((input) => ({
    ...input,
    shape: input.shape.map((d) => (typeof d === 'string' && Object.hasOwn(dims, d) ? dims[d] : d)),
  }));
  return { ...graph, inputs };
}
