/** Experiments about ids: which invocation runs where. */

import type { Gpu } from '../../src/gpu/gpu';
import { kernels } from './kernels';
import { launch, UNTOUCHED } from './launch';

/** An id with x, y and z. */
export type Id = readonly [x: number, y: number, z: number];

/** What an invocation of dispatch.wgsl wrote. */
export interface Cell {
  readonly number: number;
  readonly global: Id;
  readonly group: Id;
  readonly local: Id;
  readonly lane: number;
}

/** The side of the grid of dispatch.wgsl, and of its workgroups. */
export const GRID = 8;
const WORKGROUP = 4;

/** u32s of a Cell in a buffer: a vec3u begins at a multiple of 16 bytes. */
const CELL = 12;

/** Starts one invocation for each cell of an 8 x 8 grid. Returns what they wrote, row by row. */
export async function runDispatch(gpu: Gpu): Promise<Cell[]> {
  const y = await launch(gpu, {
    kernel: kernels.dispatch,
    workgroups: [GRID / WORKGROUP, GRID / WORKGROUP],
    length: GRID * GRID * CELL,
  });
  const id = (at: number): Id => [y[at], y[at + 1], y[at + 2]];
  return Array.from({ length: GRID * GRID }, (_, cell) => {
    const at = cell * CELL;
    return { global: id(at), number: y[at + 3], group: id(at + 4), lane: y[at + 7], local: id(at + 8) };
  });
}

/** Cells of the picture that workgroups.wgsl paints. */
export const PICTURE = { width: 18, height: 10 } as const;

/** A grid of workgroups. */
export interface Grid {
  /** Workgroups along x and y. */
  readonly groups: readonly [x: number, y: number];
  /** Invocations of a workgroup along x and y. */
  readonly size: readonly [x: number, y: number];
}

/** A painted picture. */
export interface Painted {
  /** The workgroup of each cell, row by row; undefined where no invocation wrote. */
  readonly cells: readonly (readonly [x: number, y: number] | undefined)[];
  /** How many invocations the dispatch started. */
  readonly started: number;
  /** How many of them wrote a cell. The others were outside the picture and returned. */
  readonly painted: number;
}

/** Paints the picture with a grid of workgroups. */
export async function runWorkgroups(gpu: Gpu, { groups, size }: Grid): Promise<Painted> {
  const { width, height } = PICTURE;
  const y = await launch(gpu, {
    kernel: kernels.workgroups,
    constants: { WIDTH: width, HEIGHT: height, SIZE_X: size[0], SIZE_Y: size[1] },
    workgroups: groups,
    length: 2 * width * height,
  });
  const cells = Array.from({ length: width * height }, (_, at) =>
    y[2 * at] === UNTOUCHED ? undefined : ([y[2 * at], y[2 * at + 1]] as const),
  );
  return {
    cells,
    started: groups[0] * groups[1] * size[0] * size[1],
    painted: cells.filter((cell) => cell).length,
  };
}

/** What an invocation of subgroups.wgsl wrote. */
export interface Lane {
  /** The first lane of its subgroup. Two lanes with the same first lane are in the same subgroup. */
  readonly first: number;
  /** Its number within the subgroup. */
  readonly own: number;
  /** How many lanes the subgroup has. */
  readonly size: number;
  /** The sum of the numbers of the subgroup's lanes. */
  readonly sum: number;
}

/** Lanes of the workgroup of subgroups.wgsl. */
export const LANES = 128;

/** Asks each lane of a workgroup for its subgroup; undefined if the device has no subgroups. */
export async function runSubgroups(gpu: Gpu): Promise<Lane[] | undefined> {
  if (!gpu.features.has('subgroups')) return undefined;
  const y = await launch(gpu, { kernel: kernels.subgroups, workgroups: [1, 1], length: 4 * LANES });
  return Array.from({ length: LANES }, (_, lane) => {
    const [first, own, size, sum] = y.subarray(4 * lane, 4 * lane + 4);
    return { first, own, size, sum };
  });
}
