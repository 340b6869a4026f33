/** The lowering of each operator of graph/operators.ts. */

import { type AlwaysName, type FamilyName, onDemand, operatorNameOf } from '../graph/operators';
import type { FusedGraph } from '../graph/passes/join-pairs';
import type { Lower } from './builder';
import { activation } from './operators/activation';
import { arrange } from './operators/arrange';
import { convolution } from './operators/convolution';
import { dense } from './operators/dense';
import { elementwise } from './operators/elementwise';
import { svm } from './operators/svm';

const always: Readonly<Record<AlwaysName, Lower>> = {
  ...activation,
  ...arrange,
  ...convolution,
  ...dense,
  ...elementwise,
  ...svm,
};

/** Downloads the lowering of a family, and its kernels. A bundler makes a file for each. */
const families: {
  readonly [Family in FamilyName]: () => Promise<Readonly<Record<keyof (typeof onDemand)[Family], Lower>>>;
} = {
  normalize: async () => (await import('./operators/normalize')).normalize,
  recurrent: async () => (await import('./operators/recurrent')).recurrent,
  reduce: async () => (await import('./operators/reduce')).reduce,
};

/** Returns the lowerings that a graph needs, by operator. @throws if a part of the engine can't be downloaded */
export async function loweringsFor(graph: FusedGraph): Promise<Readonly<Record<string, Lower>>> {
  const names = new Set(graph.nodes.map(operatorNameOf));
  const needed = Object.entries(families).filter(([family]) =>
    Object.keys(onDemand[family as FamilyName]).some((name) => names.has(name)),
  );
  const tables = await Promise.all(needed.map(([, load]) => load()));
  return Object.assign({}, always, ...tables);
}
