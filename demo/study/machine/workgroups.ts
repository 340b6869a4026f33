/** Experiment 2: a picture that a grid of workgroups paints. The reader chooses the grid. */

import { type Grid, type Painted, PICTURE, runWorkgroups } from '../../../study/machine/grids';
import { kernels } from '../../../study/machine/kernels';
import { html, svg } from '../../elements';
import type { Experiment } from './experiment';
import { COLOURS, whole } from './view';

/** The sizes of workgroups that can be chosen. */
const SIZES = ['4 × 4', '8 × 2', '3 × 5', '8 × 8'] as const;

/** Most workgroups along x and along y. */
const MOST = { x: 6, y: 4 } as const;

type Pair = readonly [x: number, y: number];

/** Units of the drawing for one cell. */
const UNIT = 10;

/** Creates the experiment, with a grid of its own. */
export function createWorkgroups(): Experiment {
  let grid: Grid = { groups: [5, 3], size: [4, 4] };
  return {
    id: 'workgroups',
    kernels: [kernels.workgroups],
    controls(changed) {
      const change = (next: Partial<Grid>) => {
        grid = { ...grid, ...next };
        changed();
      };
      return [
        slider('x', 'Workgroups along x', MOST.x, grid.groups[0], (x) =>
          change({ groups: [x, grid.groups[1]] }),
        ),
        slider('y', 'Workgroups along y', MOST.y, grid.groups[1], (y) =>
          change({ groups: [grid.groups[0], y] }),
        ),
        sizes((size) => change({ size })),
      ];
    },
    async run(gpu) {
      const used = grid;
      const painted = await runWorkgroups(gpu, used);
      return { picture: [pictureOf(used, painted)], caption: captionOf(used, painted) };
    },
  };
}

function slider(
  axis: string,
  text: string,
  max: number,
  value: number,
  onValue: (value: number) => void,
): HTMLElement {
  const input = html('input', { type: 'range', id: `groups-${axis}`, min: 1, max, value });
  const shown = html('output', { for: input.id }, String(value));
  input.addEventListener('input', () => {
    shown.textContent = input.value;
    onValue(input.valueAsNumber);
  });
  return html('label', { class: 'slider' }, html('span', {}, `${text}: `, shown), input);
}

function sizes(onSize: (size: Grid['size']) => void): HTMLElement {
  const select = html('select', { id: 'size' }, ...SIZES.map((size) => html('option', {}, size)));
  select.addEventListener('change', () => {
    const [x, y] = select.value.split(' × ').map(Number);
    onSize([x, y]);
  });
  return html('label', { class: 'slider' }, html('span', {}, 'Size of a workgroup'), select);
}

function captionOf({ groups, size }: Grid, { started, painted, cells }: Painted): string {
  const empty = cells.length - painted;
  return [
    `${groups.join(' × ')} workgroups of ${size.join(' × ')} are ${whole(started)} invocations.`,
    started > painted
      ? `${whole(painted)} painted a cell, and ${whole(started - painted)} returned because they were outside the picture (hatched).`
      : 'All of them painted a cell.',
    empty ? `${whole(empty)} cells of the picture stayed empty.` : 'No cell of the picture stayed empty.',
    'The numbers are the x and y of the workgroups. The thick line is the edge of the picture.',
  ].join(' ');
}

/** The picture and, around it, the invocations that had no cell. */
function pictureOf({ groups, size }: Grid, { cells }: Painted): SVGSVGElement {
  const { width, height } = PICTURE;
  const [columns, rows] = [groups[0] * size[0], groups[1] * size[1]];
  const [across, down] = [Math.max(width, columns) * UNIT, Math.max(height, rows) * UNIT];
  const squares: SVGElement[] = [];
  for (let y = 0; y < Math.max(height, rows); y++)
    for (let x = 0; x < Math.max(width, columns); x++) {
      const isInside = x < width && y < height;
      const group = isInside ? cells[y * width + x] : undefined;
      const isStarted = x < columns && y < rows;
      if (!isInside && !isStarted) continue;
      const className = group
        ? `painted group-${(group[0] + 2 * group[1]) % COLOURS}`
        : isInside
          ? 'empty'
          : 'cut';
      squares.push(svg('rect', { class: className, x: x * UNIT, y: y * UNIT, width: UNIT, height: UNIT }));
    }
  const blocks = Array.from(
    { length: groups[0] * groups[1] },
    (_, at): Pair => [at % groups[0], Math.floor(at / groups[0])],
  );
  return svg(
    'svg',
    {
      ...{ class: 'picture', role: 'img', viewBox: `-2 -2 ${across + 4} ${down + 4}` },
      'aria-label': `A picture of ${width} × ${height} cells under ${groups.join(' × ')} workgroups of ${size.join(' × ')}`,
    },
    hatching(),
    ...squares,
    ...blocks.map((block) => blockOf(block, size)),
    svg('rect', { class: 'edge', width: width * UNIT, height: height * UNIT }),
    ...blocks.map((block) => labelOf(block, size, across)),
  );
}

/** The outline of a workgroup. */
const blockOf = ([x, y]: Pair, size: Grid['size']): SVGRectElement => {
  const [width, height] = [size[0] * UNIT, size[1] * UNIT];
  return svg('rect', { class: 'block', x: x * width, y: y * height, width, height });
};

/** The x and y of a workgroup, in its first cells. @param across width of the drawing, to which the letters are fitted */
function labelOf([x, y]: Pair, size: Grid['size'], across: number): SVGTextElement {
  const [width, height] = [size[0] * UNIT, size[1] * UNIT];
  const font = Math.min(across * 0.036, height * 0.6, width * 0.4);
  const place = { x: x * width + 0.3 * font, y: y * height + 1.1 * font };
  return svg('text', { ...place, 'font-size': font.toFixed(1) }, `${x},${y}`);
}

/** The lines of cells that were cut. */
const hatching = (): SVGDefsElement =>
  svg(
    'defs',
    {},
    svg(
      'pattern',
      { id: 'hatching', width: 4, height: 4, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      svg('line', { y2: 4 }),
    ),
  );
