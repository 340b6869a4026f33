/** Draws the playground: regions, margin, points and the cursor. */

import { decisionsAt, type TrainedSvm, winnerOf } from '../../../study/smo';
import type { Placed } from './playground-sets';

/** What is drawn. */
export interface Scene {
  readonly points: readonly Placed[];
  /** The machine that was trained on the points. */
  readonly svm: TrainedSvm;
  /** The position of the keyboard's cursor; undefined if it is not used. */
  readonly cursor: { readonly x: number; readonly y: number } | undefined;
}

/** The number of cells on a side, for which the decision values are computed. */
const CELLS = 100;
/** The colours of the three classes, as red, green and blue. */
const COLOURS: readonly (readonly [number, number, number])[] = [
  [29, 111, 184],
  [200, 88, 20],
  [122, 68, 160],
];

/** A colour of the page, from a variable of its style sheet. */
const variable = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Draws a scene on a square canvas. */
export function draw(canvas: HTMLCanvasElement, scene: Scene): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const side = canvas.width;
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  context.fillStyle = variable('--surface');
  context.fillRect(0, 0, side, side);
  const grid = scene.svm.pairs.length ? gridOf(scene.svm) : undefined;
  if (grid) drawRegions(context, side, scene.svm, grid, isDark);
  if (grid && scene.svm.pairs.length === 1) drawLines(context, side, grid);
  drawPoints(context, side, scene);
}

/** The decision values at the corners of all cells: (CELLS+1)² lists, from the top left. */
function gridOf(svm: TrainedSvm): number[][] {
  const values: number[][] = [];
  for (let row = 0; row <= CELLS; row++)
    for (let column = 0; column <= CELLS; column++)
      values.push(decisionsAt(svm, [(2 * column) / CELLS - 1, 1 - (2 * row) / CELLS]));
  return values;
}

function drawRegions(
  context: CanvasRenderingContext2D,
  side: number,
  svm: TrainedSvm,
  grid: readonly number[][],
  isDark: boolean,
): void {
  const small = new OffscreenCanvas(CELLS + 1, CELLS + 1);
  const to = small.getContext('2d');
  if (!to) return;
  const image = to.createImageData(CELLS + 1, CELLS + 1);
  grid.forEach((decisions, at) => {
    const colour = COLOURS[winnerOf(svm, decisions)];
    // With two classes, the colour is stronger outside the margin.
    const isClear = decisions.length > 1 || Math.abs(decisions[0]) >= 1;
    image.data.set([...colour, (isDark ? 110 : 70) * (isClear ? 1 : 0.5)], 4 * at);
  });
  to.putImageData(image, 0, 0);
  // The centre of pixel i of the small image is at i / CELLS of the large one.
  const half = side / CELLS / 2;
  context.imageSmoothingEnabled = false;
  context.drawImage(small, -half, -half, side + 2 * half, side + 2 * half);
}

/** Draws the border (f = 0) and the edges of the margin (f = 1 and f = -1) of two classes. */
function drawLines(context: CanvasRenderingContext2D, side: number, grid: readonly number[][]): void {
  const scale = side / CELLS;
  context.strokeStyle = variable('--ink');
  for (const level of [0, 1, -1]) {
    context.lineWidth = (level === 0 ? 2.5 : 1.25) * (side / 520);
    context.setLineDash(level === 0 ? [] : [side / 90, side / 90]);
    context.beginPath();
    for (let row = 0; row < CELLS; row++)
      for (let column = 0; column < CELLS; column++) {
        const at = row * (CELLS + 1) + column;
        const corners = [at, at + 1, at + CELLS + 2, at + CELLS + 1].map((i) => grid[i][0] - level);
        const ends = crossings(corners).map(([x, y]) => [(column + x) * scale, (row + y) * scale]);
        for (let i = 0; i + 1 < ends.length; i += 2) {
          context.moveTo(ends[i][0], ends[i][1]);
          context.lineTo(ends[i + 1][0], ends[i + 1][1]);
        }
      }
    context.stroke();
  }
  context.setLineDash([]);
}

/** The corners of a cell, clockwise from the top left. */
const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const;

/** Where a line of the value 0 crosses the edges of a cell (marching squares); none, two or four points. */
function crossings(values: readonly number[]): [x: number, y: number][] {
  const found: [number, number][] = [];
  for (let edge = 0; edge < 4; edge++) {
    const next = (edge + 1) % 4;
    const [a, b] = [values[edge], values[next]];
    if (a > 0 === b > 0) continue;
    const share = a / (a - b);
    const [from, to] = [CORNERS[edge], CORNERS[next]];
    found.push([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
  }
  return found;
}

function drawPoints(context: CanvasRenderingContext2D, side: number, { points, svm, cursor }: Scene): void {
  const size = side / 85;
  const place = ({ x, y }: { x: number; y: number }) => [((x + 1) / 2) * side, ((1 - y) / 2) * side] as const;
  const supports = new Set(svm.supportVectors);
  const ink = variable('--ink');
  points.forEach((point, at) => {
    const [x, y] = place(point);
    context.beginPath();
    shape(context, point.label, x, y, size);
    context.fillStyle = `rgb(${COLOURS[point.label].join(' ')})`;
    context.fill();
    context.strokeStyle = '#fff';
    context.lineWidth = size / 4;
    context.stroke();
    if (!supports.has(at)) return;
    context.beginPath();
    context.arc(x, y, 1.9 * size, 0, 2 * Math.PI);
    context.strokeStyle = ink;
    context.lineWidth = size / 3;
    context.stroke();
  });
  if (!cursor) return;
  const [x, y] = place(cursor);
  context.beginPath();
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ]) {
    context.moveTo(x + 0.6 * size * dx, y + 0.6 * size * dy);
    context.lineTo(x + 3 * size * dx, y + 3 * size * dy);
  }
  context.strokeStyle = ink;
  context.lineWidth = size / 2.5;
  context.stroke();
}

/** Adds the outline of a point: a circle for A, a square for B, a triangle for C. */
function shape(context: CanvasRenderingContext2D, label: number, x: number, y: number, size: number): void {
  if (label === 0) context.arc(x, y, size, 0, 2 * Math.PI);
  else if (label === 1) context.rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size);
  else {
    context.moveTo(x, y - 1.2 * size);
    context.lineTo(x + 1.1 * size, y + 0.9 * size);
    context.lineTo(x - 1.1 * size, y + 0.9 * size);
    context.closePath();
  }
}
