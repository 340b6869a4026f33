/** The lowering of each operator of graph/operators.ts and graph/further.ts. */

import type { FamilyName, families } from '../graph/further';
import { type OperatorName, operatorNameOf } from '../graph/operators';
import type { FusedGraph } from '../graph/passes/join-pairs';
import type { Lower } from './builder';
import { activation } from './operators/activation';
import { arrange } from './operators/arrange';
import { convolution } from './operators/convolution';
import { dense } from './operators/dense';
import { elementwise } from './operators/elementwise';
import { svm } from './operators/svm';

const lowerings: Readonly<Record<OperatorName, Lower>> = {
  ...activation,
  ...arrange,
  ...convolution,
  ...dense,
  ...elementwise,
  ...svm,
};

/** Downloads the lowering of a family, and its kernels. A bundler makes a file for each. */
const load: {
  readonly [Family in FamilyName]: () => Promise<Readonly<Record<keyof (typeof families)[Family], Lower>>>;
} = {
  broadcast: async () => (await import('./operators/broadcast')).broadcast,
  einsum: async () => (await import('./operators/einsum')).einsum,
  functions: async () => (await import('./operators/functions')).functions,
  ml: async () => (await import('./operators/ml')).ml,
  normalize: async () => (await import('./operators/normalize')).normalize,
  order: async () => (await import('./operators/order')).order,
  recurrent: async () => (await import('./operators/recurrent')).recurrent,
  reduce: async () => (await import('./operators/reduce')).reduce,
  resize: async () => (await import('./operators/resize')).resize,
  select: async () => (await import('./operators/select')).select,
  spread: async () => (await import('./operators/spread')).spread,
  transposed: async () => (await import('./operators/transposed')).transposed,
};

/** Returns the lowerings that a graph needs, by operator. @throws if a part of the engine can't be downloaded */
export async function loweringsFor(graph: FusedGraph): Promise<Readonly<Record<string, Lower>>> {
  const names = graph.nodes.map(operatorNameOf).filter((name) => !Object.hasOwn(lowerings, name));
  if (!names.length) return lowerings;
  const further = await import('../graph/further');
  const isNeeded = (family: FamilyName) =>
    names.some((name) => Object.hasOwn(further.families[family], name));
  const needed = (Object.keys(load) as FamilyName[]).filter(isNeeded);
  return Object.assign({}, lowerings, ...(await Promise.all(needed.map((family) => load[family]()))));
}
