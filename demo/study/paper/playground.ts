/** The playground: points that the reader places, and an SVM that is trained on them at once. */

import { type TrainedSvm, train } from '../../../study/smo';
import { html } from '../../elements';
import { chosenClass, createControls, layout, optionsOf, showResult } from './playground-controls';
import { draw } from './playground-draw';
import { connectKeys, connectPointer } from './playground-events';
import { CLASS_NAMES, type Placed, SETS } from './playground-sets';

/** More points would make training too slow to follow a slider. */
const MOST_POINTS = 200;
/** How near a click must be to a point to remove it. */
const REACH = 0.05;

/** The points of the playground. */
interface Points {
  readonly list: readonly Placed[];
  /** Replaces all points. */
  set(next: readonly Placed[], news: string): void;
  /** Adds a point, unless there are too many. */
  add(x: number, y: number, label: number): void;
  /** Removes the nearest point, if it is not farther than `reach`. Returns whether one was removed. */
  remove(x: number, y: number, reach: number): boolean;
}

function createPoints(onChange: () => void, say: (news: string) => void): Points {
  let list: readonly Placed[] = [];
  const set = (next: readonly Placed[], news: string) => {
    list = next;
    say(news);
    onChange();
  };
  return {
    get list() {
      return list;
    },
    set,
    add(x, y, label) {
      if (list.length >= MOST_POINTS) say(`There are ${MOST_POINTS} points; that is the maximum.`);
      else
        set([...list, { x, y, label }], `${CLASS_NAMES[label]} placed at ${x.toFixed(2)}, ${y.toFixed(2)}.`);
    },
    remove(x, y, reach) {
      const distances = list.map((point) => Math.hypot(point.x - x, point.y - y));
      const nearest = distances.indexOf(Math.min(...distances));
      if (nearest < 0 || distances[nearest] > reach) return false;
      set(list.toSpliced(nearest, 1), `${CLASS_NAMES[list[nearest].label]} removed.`);
      return true;
    },
  };
}

/** Builds the playground in `root` and starts it with a set of points. */
export function createPlayground(root: HTMLElement): void {
  const controls = createControls();
  let cursor: { x: number; y: number } | undefined;
  let trained: { svm: TrainedSvm; ms: number } | undefined; // undefined: points or settings have changed
  let isWaiting = false;

  const trainNow = () => {
    const options = optionsOf(controls);
    const started = performance.now();
    const at = points.list.map(({ x, y }) => [x, y]);
    const svm = train(
      at,
      points.list.map(({ label }) => label),
      options,
    );
    return { svm, ms: performance.now() - started };
  };
  const show = () => {
    isWaiting = false;
    trained ??= trainNow();
    draw(controls.canvas, { points: points.list, svm: trained.svm, cursor });
    showResult(controls, points.list, trained.svm, trained.ms);
  };
  /** Draws before the next frame, once for all changes until then. */
  const redraw = () => {
    if (!isWaiting) requestAnimationFrame(show);
    isWaiting = true;
  };
  const retrain = () => {
    trained = undefined;
    redraw();
  };
  const say = (text: string) => {
    controls.news.textContent = text;
  };
  const points = createPoints(retrain, say);

  connectPointer(controls.canvas, (x, y, isRemoving) => {
    cursor = undefined;
    if (!points.remove(x, y, REACH) && !isRemoving) points.add(x, y, chosenClass(controls));
  });
  connectKeys(controls, {
    move(dx, dy) {
      const from = cursor ?? { x: 0, y: 0 };
      const within = (v: number) => Math.min(Math.max(Number(v.toFixed(2)), -1), 1);
      cursor = { x: within(from.x + dx), y: within(from.y + dy) };
      say(`Cursor at ${cursor.x.toFixed(2)}, ${cursor.y.toFixed(2)}.`);
      redraw();
    },
    add: (label) => points.add(cursor?.x ?? 0, cursor?.y ?? 0, label ?? chosenClass(controls)),
    remove() {
      if (!points.remove(cursor?.x ?? 0, cursor?.y ?? 0, Infinity)) say('There is no point to remove.');
    },
  });
  root.addEventListener('input', retrain);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  root.replaceChildren(...layout(controls, buttonsOf(points)));
  points.set(SETS.XOR(), '');
}

const buttonsOf = ({ set }: Points): HTMLButtonElement[] => [
  ...Object.entries(SETS).map(([name, make]) => button(name, () => set(make(), `Set: ${name}.`))),
  button('Clear', () => set([], 'All points are removed.')),
];

const button = (text: string, act: () => void): HTMLButtonElement => {
  const made = html('button', { class: 'button', type: 'button' }, text);
  made.addEventListener('click', act);
  return made;
};
