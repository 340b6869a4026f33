/** Shows the outputs of a model: the best scores as bars, labels, or what the numbers are like. */

import type { Tensor } from '../src/index';
import { make } from './make';

/** The outputs of a run, by name. */
export type Outputs = Readonly<
  Record<
    string,
    Tensor | { readonly shape: readonly number[]; readonly data: BigInt64Array | readonly string[] }
  >
>;

/** Number of bars. */
const BARS = 5;
/** How many numbers are written out. */
const FIRST = 12;

/** A number with at most four significant digits after the point. */
export const figure = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e7 ? String(value) : String(Number(value.toPrecision(4)));

const isNumbers = (data: unknown): data is Float32Array => data instanceof Float32Array;

/** Names of scores: the classes, or for the decision values of an SVM the pairs of classes. */
function scoreNames(count: number, labels: readonly string[] | undefined): (at: number) => string {
  if (labels?.length === count) return (at) => labels[at];
  if (labels && count === (labels.length * (labels.length - 1)) / 2) {
    const pairs = labels.flatMap((a, i) => labels.slice(i + 1).map((b) => `${a} against ${b}`));
    return (at) => pairs[at];
  }
  return (at) => `class ${at}`;
}

/** Elements that show the outputs of one run. */
export function outputElements(outputs: Outputs, labels: readonly string[] | undefined): HTMLElement[] {
  return Object.entries(outputs).map(([name, { shape, data }]) => {
    const section = make('section', 'model-output', make('h3', '', `${name} (${shape.join(', ')})`));
    section.dataset.output = name;
    if (!isNumbers(data)) {
      const all = Array.from(data, String);
      const text = all.slice(0, FIRST).join(', ') + (all.length > FIRST ? ', …' : '');
      section.append(make('p', 'model-label', text));
      return section;
    }
    const isVector = data.length > 1 && shape.filter((d) => d > 1).length === 1;
    if (isVector) section.append(bars(data, scoreNames(data.length, labels)));
    section.append(make('p', 'model-detail', describe(data)));
    return section;
  });
}

/** A table with a row for each run of one row. */
export function rowsTable(runs: readonly Outputs[], labels: readonly string[] | undefined): HTMLElement {
  const names = Object.keys(runs[0]);
  const heads = names.flatMap((name) => {
    const { data } = runs[0][name];
    if (!isNumbers(data) || data.length === 1) return [name];
    return Array.from(data, (_, at) => scoreNames(data.length, labels)(at));
  });
  const cells = (run: Outputs) =>
    names
      .flatMap((name) => Array.from<unknown>(run[name].data as ArrayLike<unknown>))
      .map((value) => make('td', '', typeof value === 'number' ? figure(value) : String(value)));
  const head = make('tr', '', make('th', '', 'row'), ...heads.map((text) => make('th', '', text)));
  const rows = runs.map((run, at) => make('tr', '', make('td', '', String(at + 1)), ...cells(run)));
  const table = make('table', '', make('thead', '', head), make('tbody', '', ...rows));
  const box = make('div', 'model-table', table);
  box.tabIndex = 0; // so that it can be scrolled by keyboard
  box.setAttribute('role', 'region');
  box.setAttribute('aria-label', 'Results of the rows');
  return box;
}

/** The largest scores as bars. Their lengths are the scores if these are 0 to 1, else relative to all of them. */
function bars(data: Float32Array, nameOf: (at: number) => string): HTMLElement {
  let [low, high] = [0, 1];
  for (const value of data) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const order = Array.from(data.keys()).sort((a, b) => data[b] - data[a]);
  const list = make('ul', 'bars');
  order.slice(0, BARS).forEach((at, rank) => {
    const fill = make('i', 'bar-fill');
    fill.style.setProperty('--share', ((data[at] - low) / (high - low)).toFixed(4));
    const track = make('span', 'bar-track', fill);
    track.setAttribute('aria-hidden', 'true');
    const value = make('span', 'bar-value', figure(data[at]));
    list.append(make('li', rank ? 'bar' : 'bar best', make('span', 'bar-name', nameOf(at)), track, value));
  });
  return list;
}

function describe(data: Float32Array): string {
  let [low, high, sum] = [Infinity, -Infinity, 0];
  for (const value of data) [low, high, sum] = [Math.min(low, value), Math.max(high, value), sum + value];
  const first = Array.from(data.subarray(0, FIRST), figure).join(', ') + (data.length > FIRST ? ', …' : '');
  if (data.length === 1) return first;
  return `From ${figure(low)} to ${figure(high)}, mean ${figure(sum / data.length)}: ${first}`;
}
