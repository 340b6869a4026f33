/** The roofline plot: operations per second over operations per byte, both on logarithmic axes. */

import { type Report, type Row, text } from '../../bench/suite/report';
import { ceilingsOf, intensityOf, limitOf, type Roof, roofAt, shareOf } from '../../bench/suite/roofline';
import { svg } from '../elements';

const [WIDTH, HEIGHT] = [960, 460];
const MARGIN = { left: 56, right: 16, top: 12, bottom: 44 };

/** Draws the roofline of a report; undefined if it has no ceilings. @param open is called with a chosen row */
export function rooflineOf(report: Report, open: (row: Row) => void): SVGSVGElement | undefined {
  const roof = ceilingsOf(report);
  const points = report.rows.filter((row) => row.group === 'kernels' && intensityOf(row) !== undefined);
  if (!roof) return undefined;
  const { x, y, ticks } = scales(points, roof);
  const bend = roof.gflops / roof.gbs;
  const [left, right] = [ticks.x[0], ticks.x[ticks.x.length - 1]];
  const path = [left, bend, right].map((at) => `${x(at)},${y(roofAt(roof, at))}`).join(' ');
  return svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'group', 'aria-label': 'Roofline plot' },
    ...ticks.x.map((at) => axisX(x(at), at)),
    ...ticks.y.map((at) => axisY(y(at), at)),
    svg('polyline', { class: 'roof', points: path }),
    label(x(3 * left) + 8, y(roofAt(roof, 3 * left)) + 16, `${text(roof.gbs)} GB/s`, 'start'),
    label(WIDTH - MARGIN.right, y(roof.gflops) - 8, `${text(roof.gflops)} GFLOP/s`, 'end'),
    label(WIDTH - MARGIN.right, HEIGHT - 6, 'operations per byte', 'end'),
    label(MARGIN.left + 6, MARGIN.top + 14, 'GFLOP/s', 'start'),
    ...points.map((row) => pointOf(row, roof, x, y, open)),
  );
}

function pointOf(
  row: Row,
  roof: Roof,
  x: (value: number) => number,
  y: (value: number) => number,
  open: (row: Row) => void,
): SVGAElement {
  const intensity = intensityOf(row)!;
  const name = `${row.title}: ${text(row.value)} GFLOP/s, ${Math.round(100 * shareOf(row, roof)!)} % of what ${limitOf(roof, intensity)} allows`;
  const circle = svg('circle', { cx: x(intensity), cy: y(row.value), r: 5 });
  const link = svg('a', { href: '#roofline', 'aria-label': name }, svg('title', {}, name), circle);
  link.addEventListener('click', (event) => {
    event.preventDefault();
    open(row);
  });
  return link;
}

const label = (x: number, y: number, content: string, anchor: 'start' | 'end' | 'middle') =>
  svg('text', { x, y, 'text-anchor': anchor }, content);

const axisX = (at: number, value: number) =>
  svg(
    'g',
    {},
    svg('line', { class: 'grid', x1: at, x2: at, y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }),
    label(at, HEIGHT - MARGIN.bottom + 18, short(value), 'middle'),
  );

const axisY = (at: number, value: number) =>
  svg(
    'g',
    {},
    svg('line', { class: 'grid', x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: at, y2: at }),
    label(MARGIN.left - 8, at + 4, short(value), 'end'),
  );

const short = (value: number): string =>
  value >= 1 ? value.toLocaleString('en') : String(Number(value.toPrecision(1)));

/** Powers of ten around the points and the ceilings, and functions from values to pixels. */
function scales(points: readonly Row[], roof: Roof) {
  const intensities = [...points.map((row) => intensityOf(row)!), roof.gflops / roof.gbs];
  const rates = [...points.map((row) => row.value), roof.gflops];
  const decades = (values: readonly number[]) => {
    const logs = values.filter((value) => value > 0).map(Math.log10);
    const low = Math.floor(logs.reduce((a, b) => Math.min(a, b), Infinity));
    const high = Math.ceil(logs.reduce((a, b) => Math.max(a, b), -Infinity) + 0.05);
    return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  };
  const ticks = { x: decades(intensities), y: decades(rates) };
  const scale = (values: readonly number[], from: number, to: number) => (value: number) => {
    const [low, high] = [values[0], values[values.length - 1]].map(Math.log10);
    const at = Math.min(Math.max(Math.log10(value), low), high);
    return from + ((at - low) / Math.max(high - low, 1)) * (to - from);
  };
  return {
    ticks,
    x: scale(ticks.x, MARGIN.left, WIDTH - MARGIN.right),
    y: scale(ticks.y, HEIGHT - MARGIN.bottom, MARGIN.top),
  };
}
