/** A strip chart: the scores of one face over the last half minute. */

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** Seconds that are kept and shown. */
const SPAN = 30;
const HEIGHT = 72;

/** One hue a class, told apart in light and dark; in the order of the scores. */
export const HUES = ['#d1495b', '#7a9e3a', '#8f6fc1', '#e0a030', '#7f8c8d', '#3f7fbf', '#e07b9b'] as const;

/** Scores over time, by a face's id. */
export interface History {
  /** Takes a face's scores at a time in milliseconds. */
  add(id: number, time: number, scores: Readonly<Record<string, number>>): void;
  /** Seconds before `time`, and a row a class; faces that were not seen for the whole span are forgotten. */
  of(id: number, time: number): uPlot.AlignedData;
  clear(): void;
}

export function createHistory(): History {
  const rows = new Map<number, { times: number[]; scores: number[][] }>();
  return {
    add(id, time, scores) {
      let row = rows.get(id);
      // A clock that goes back is a video's that starts anew.
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
        ...HUES.map((_, k) => scores.map((row) => row[k])),
      ] as uPlot.AlignedData;
    },
    clear: () => rows.clear(),
  };
}

export interface Strip {
  readonly root: HTMLElement;
  show(data: uPlot.AlignedData): void;
  destroy(): void;
}

export function createStrip(): Strip {
  const root = document.createElement('div');
  root.className = 'strip';
  root.setAttribute('aria-hidden', 'true'); // the bars say it in numbers
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
      series: [{}, ...HUES.map((stroke) => ({ stroke, width: 1.5, points: { show: false } }))],
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
