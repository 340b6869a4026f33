/** Experiment 1: the cells of a grid, each with the number that its invocation wrote. */

import { type Cell, GRID, type Id, runDispatch } from '../../../study/machine/grids';
import { kernels } from '../../../study/machine/kernels';
import { html } from '../../elements';
import type { Experiment } from './experiment';
import { whole } from './view';

const pair = ([x, y]: Id): string => `(${x}, ${y})`;

/** The experiment. */
export const dispatch: Experiment = {
  id: 'dispatch',
  kernels: [kernels.dispatch],
  async run(gpu) {
    const cells = await runDispatch(gpu);
    return {
      picture: gridOf(cells),
      caption: `${whole(cells.length)} invocations in four workgroups of 4 × 4. Each cell shows the number that its invocation wrote. The higher the number, the stronger the colour.`,
    };
  },
};

const sentenceOf = ({ number, global, group, local, lane }: Cell): string =>
  `Number ${number}: global id ${pair(global)}, workgroup ${pair(group)}, local id ${pair(local)}, lane ${lane}.`;

/** A grid whose cells are chosen by pointing, tapping or the arrow keys, and a line about the chosen cell. */
function gridOf(cells: readonly Cell[]): HTMLElement[] {
  const line = html('p', { class: 'chosen' });
  const buttons = cells.map((cell) =>
    html(
      'button',
      {
        ...{ type: 'button', role: 'gridcell', tabindex: -1, 'aria-label': sentenceOf(cell) },
        style: `--share: ${((100 * cell.number) / (cells.length - 1)).toFixed(1)}%`,
      },
      String(cell.number),
    ),
  );
  let chosen = 0;
  const choose = (at: number): void => {
    buttons[chosen].tabIndex = -1;
    buttons[chosen].classList.remove('chosen');
    chosen = at;
    buttons[at].tabIndex = 0;
    buttons[at].classList.add('chosen');
    line.textContent = sentenceOf(cells[at]);
  };
  choose(0);
  const rows = Array.from({ length: GRID }, (_, row) =>
    html('div', { role: 'row' }, ...buttons.slice(row * GRID, (row + 1) * GRID)),
  );
  const grid = html('div', { class: 'ids', role: 'grid', 'aria-label': 'The cells of the grid' }, ...rows);
  for (const kind of ['pointerover', 'focusin', 'click'] as const)
    grid.addEventListener(kind, ({ target }) => {
      const at = buttons.indexOf(target as HTMLButtonElement);
      if (at >= 0) choose(at);
    });
  grid.addEventListener('keydown', (event) => {
    const next = nextCell(chosen, event.key);
    if (next === undefined) return;
    event.preventDefault();
    buttons[next].focus();
  });
  return [grid, line];
}

/** The cell that a key leads to; undefined for other keys. At an edge it is the same cell. */
function nextCell(at: number, key: string): number | undefined {
  const [x, y] = [at % GRID, Math.floor(at / GRID)];
  const inside = (v: number) => Math.min(Math.max(v, 0), GRID - 1);
  const cell = (column: number, row: number) => inside(row) * GRID + inside(column);
  switch (key) {
    case 'ArrowLeft':
      return cell(x - 1, y);
    case 'ArrowRight':
      return cell(x + 1, y);
    case 'ArrowUp':
      return cell(x, y - 1);
    case 'ArrowDown':
      return cell(x, y + 1);
    case 'Home':
      return cell(0, y);
    case 'End':
      return cell(GRID - 1, y);
    default:
      return undefined;
  }
}
