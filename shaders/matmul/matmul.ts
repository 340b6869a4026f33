import {
  type Candidates,
  ceilDiv,
  isMuchWork,
  type Kernel,
  line,
  MAX_WORKGROUPS,
  type Pass,
} from '../plan/plan';
import { type Activation, activationConstants, activationFile } from '../snippets/activation';
import code from './matmul.wgsl?raw';
import tiledCode from './matmul-tiled.wgsl?raw';

type Three = readonly [number, number, number];

/** x (B,G,M,I), w (B,G,I,O), c (B,M,O) -> y (B,G,M,O), where x, w and c have any strides. */
export interface MatMulOptions {
  /** Lengths of the three axes of G. */
  readonly groups: Three;
  readonly M: number;
  readonly I: number;
  readonly O: number;
  /** Distances in numbers; 0 where a tensor is repeated. */
  readonly x: { readonly item: number; readonly groups: Three; readonly row: number; readonly inner: number };
  readonly w: {
    readonly item: number;
    readonly groups: Three;
    readonly inner: number;
    readonly column: number;
  };
  /** Default: no c. */
  readonly c?: { readonly item: number; readonly row: number; readonly column: number };
  /** Factors of the product and of c. Default: 1. */
  readonly alpha?: number;
  readonly beta?: number;
  /**
   * Whether the batch is a part of M: all items then share w, there is one group, and M is for the largest batch. It is
   * the number of rows of an item. Default: the batch is an axis of its own.
   */
  readonly rowsOfItem?: number;
  readonly activation?: Activation;
}

const kernel: Kernel = { name: 'matmul', files: [activationFile, { name: 'matmul.wgsl', code }] };
const tiled: Kernel = {
  name: 'matmul-tiled',
  files: [activationFile, { name: 'matmul-tiled.wgsl', code: tiledCode }],
};

/** Rows and columns of a tile. */
const TILE = 32;

/** Operands x, weight, c (one number that is not read if there is no c) -> y. */
export function planMatMul(o: MatMulOptions): Candidates {
  const { M, I, O, x, w, c, rowsOfItem } = o;
  const [G0, G1, G2] = o.groups;
  const G = G0 * G1 * G2;
  const named = (name: string, three: Three) =>
    Object.fromEntries(three.map((value, axis) => [name + axis, value]));
  const common = {
    constants: {
      ...{ M, I, O, G, G1, G2, XB: x.item, XM: x.row, XI: x.inner, WB: w.item, WI: w.inner, WO: w.column },
      ...{ ...named('XG', x.groups), ...named('WG', w.groups) },
      ...{ CB: c?.item ?? 0, CM: c?.row ?? 0, CO: c?.column ?? 0 },
      ...{ FACTOR: o.alpha ?? 1, C_FACTOR: c ? (o.beta ?? 1) : 0 },
      ...activationConstants(o.activation),
    },
    bindings: ['x', 'weight', 'c', 'y'],
  };
  // With rows of all items together, the plain kernel computes all of the largest batch.
  const plain: Pass = {
    ...common,
    kernel,
    workgroups: [...line(G * M * O, 64), 1],
    batchAxis: rowsOfItem ? undefined : 2,
  };
  const columns = ceilDiv(O, TILE);
  const fast: Pass = rowsOfItem
    ? {
        ...{ ...common, kernel: tiled, workgroups: [columns, rowsOfItem, 1] },
        ...{ batchAxis: 1, itemsPerWorkgroup: TILE },
      }
    : { ...common, kernel: tiled, workgroups: [columns, ceilDiv(M, TILE) * G, 1], batchAxis: 2 };
  const start = { variant: 'plain', passes: [plain] };
  const inTiles = { variant: 'tiled 32x32', passes: [fast] };
  if (columns > MAX_WORKGROUPS || ceilDiv(M, TILE) * G > MAX_WORKGROUPS) return { start, ranked: [start] };
  // A tile of which less than an eighth is used costs more than it saves.
  const isLarge = Math.min(M, TILE) * Math.min(O, TILE) >= (TILE * TILE) / 8 && I >= 8;
  return {
    start: isLarge && isMuchWork(G * M * I * O) ? inTiles : start,
    ranked: isLarge ? [inTiles, start] : [start, inTiles],
  };
}
