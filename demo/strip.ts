/** A strip chart of one face's scores over the last 30 seconds. */

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** Length of the chart and of the stored history, in seconds. */
const SPAN = 30;
const HEIGHT = 72;

/** The colours of the first classes, in the order of the scores. They are distinguishable in both themes. */
const HUES = ['#d1495b', '#7a9e3a', '#8f6fc1', '#e0a030', '#7f8c8d', '#3f7fbf', '#e07b9b'] as const;

/** The colour of a class, by its position. After the first seven, each is 137.5 degrees further on the wheel. */
export const hueOf = (at: number): string => HUES[at] ?? `hsl(${((at * 137.5) % 360).toFixed(0)} 50% 52%)`;

/** The scores of each face over time, by the face's id. */
export interface History {
  /** Adds a face's scores at a time in milliseconds. Deletes the faces that were not seen for SPAN seconds. */
  add(id: number, time: number, scores: Readonly<Record<string, number>>): void;
  /** Returns the times in seconds relative to `time`, and a row of scores for each class. */
  of(id: number, time: number): uPlot.AlignedData;
  /** Deletes all scores. */
  clear(): void;
}

/** Creates an empty history. */
export function createHistory(): History {
  const rows = new Map<number, { times: number[]; scores: number[][] }>();
  return {
    add(id, time, scores) {
      let row = rows.get(id);
      // The clock goes back when a video starts again.
      if (!row || time < row.times[row.times.length - 1]) row = { times: [], scores: [] };
      rows.set(id, row);
      row.times.push(time);
      row.scores.push(Object.values(scores));
      const old = row.times.findIndex((t) => t >= time - 1000 * SPAN);
      row.times.splice(0, old);
      row.scores.splice(0, old);
      for (const [other, { times }] of rows)
        if (times[times.length - 1] < time - 1000 * SPAN) rows.delete(other);
    },
    of(id, time) {
      const { times, scores } = rows.get(id) ?? { times: [], scores: [] };
      return [
        times.map((t) => (t - time) / 1000),
        ...(scores[0] ?? []).map((_, k) => scores.map((row) => row[k])),
      ] as uPlot.AlignedData;
    },
    clear: () => rows.clear(),
  };
}

/** A strip chart. */
export interface Strip {
  /** The element of the chart. */
  readonly root: HTMLElement;
  /** Draws data from `History.of`. */
  show(data: uPlot.AlignedData): void;
  /** Frees the chart. */
  destroy(): void;
}

/** Creates an empty strip chart with a line for each of so many classes. */
export function createStrip(classes: number): Strip {
  const root = document.createElement('div');
  root.className = 'strip';
  root.setAttribute('aria-hidden', 'true'); // the bars of the card contain the numbers
  const axis = { show: false };
  const chart = new uPlot(
    {
      width: 200,
      height: HEIGHT,
      padding: [4, 0, 4, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: [-SPAN, 0] }, y: { range: [0, 1] } },
      axes: [axis, axis],
      series: [
        {},
        ...Array.from({ length: classes }, (_, k) => ({
          stroke: hueOf(k),
          width: 1.5,
          points: { show: false },
        })),
      ],
    },
    [[]],
    root,
  );
  const observer = new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width) chart.setSize({ width: Math.floor(contentRect.width), height: HEIGHT });
  });
  observer.observe(root);
  return {
    root,
    show: (data) => chart.setData(data),
    destroy() {
      observer.disconnect();
      chart.destroy();
    },
  };
}
