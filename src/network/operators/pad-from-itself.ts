import type { FusedNode } from '../../graph/passes/join-pairs';
import { type Builder, layoutOf, storedAxes } from '../builder';
import type { Placed } from '../program';

/** A run of indices of an axis of y, whose sources in x have equal distances. */
interface Run {
  readonly start: number;
  readonly length: number;
  readonly from: number;
  readonly step: number;
}

/** The runs of an axis of Pad with numbers of x itself. @throws if reflect has too few numbers */
function runsOf(
  node: FusedNode,
  builder: Builder,
  mode: string,
  size: number,
  low: number,
  high: number,
): Run[] {
  const first = Math.max(-low, 0); // what negative pads remove is not repeated
  const n = size - first - Math.max(-high, 0);
  if (mode === 'reflect' && Math.max(low, high) >= n && Math.max(low, high) > 0)
    builder.fail(node, `reflects ${Math.max(low, high)} numbers of an axis that has ${n}`);
  const sources = Array.from({ length: size + low + high }, (_, i) => {
    const at = i - Math.max(low, 0);
    if (mode === 'edge') return first + Math.min(Math.max(at, 0), n - 1);
    if (mode === 'wrap') return first + (((at % n) + n) % n);
    return first + (n - 1 - Math.abs(n - 1 - Math.abs(at)));
  });
  const runs: Run[] = [];
  for (let start = 0; start < sources.length; ) {
    const step = start + 1 < sources.length ? sources[start + 1] - sources[start] : 0;
    let length = Math.min(2, sources.length - start);
    while (sources[start + length] - sources[start + length - 1] === step) length++;
    runs.push({ start, length, from: sources[start], step });
    start += length;
  }
  return runs;
}

/** Maximum number of copies of a Pad. */
const MOST_COPIES = 256;

/** Pad with mode edge, reflect or wrap: a copy for each combination of runs. */
export function lowerPadFromItself(
  node: FusedNode,
  builder: Builder,
  x: Placed,
  y: Placed,
  pads: readonly number[],
  mode: string,
): void {
  const rank = x.shape.length;
  const combinations = x.shape
    .map((size, axis) => runsOf(node, builder, mode, size, pads[axis], pads[axis + rank]))
    .reduce<Run[][]>((all, runs) => all.flatMap((before) => runs.map((run) => [...before, run])), [[]]);
  if (combinations.length > MOST_COPIES)
    builder.fail(node, `needs ${combinations.length} copies; at most ${MOST_COPIES} are supported`);
  combinations.forEach((runs, i) => {
    const axes = storedAxes(y, layoutOf(y)).map(({ axis, d, high, y: stride }) => {
      const { length, step } = runs[axis];
      const padded = d > high && runs[axis].start + length === high ? d - high : 0;
      return { d: length + padded, high: length, x: step * x.strides[axis], y: stride };
    });
    const sum = (strides: readonly number[], at: (run: Run) => number) =>
      runs.reduce((total, run, axis) => total + at(run) * strides[axis], 0);
    builder.move(`${node.name}/${i}`, 'Pad', x.buffer, y, axes, {
      xOrigin: -sum(x.strides, (run) => run.from),
      yOrigin: sum(y.strides, (run) => run.start),
    });
  });
}
