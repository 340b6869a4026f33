/** The pointer and the keys of the playground. */

import type { Controls } from './playground-controls';

/** Calls `onPoint` with the place of each click or tap. `isRemoving`: the right button, or Shift. */
export function connectPointer(
  canvas: HTMLCanvasElement,
  onPoint: (x: number, y: number, isRemoving: boolean) => void,
): void {
  const place = (event: MouseEvent, isRemoving: boolean) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    onPoint((2 * (event.clientX - left)) / width - 1, 1 - (2 * (event.clientY - top)) / height, isRemoving);
  };
  canvas.addEventListener('click', (event) => place(event, event.shiftKey));
  canvas.addEventListener('contextmenu', (event) => {
    event.preventDefault();
    place(event, true);
  });
}

/** What the keys do. */
export interface Keys {
  /** Moves the cursor by a distance. */
  move(dx: number, dy: number): void;
  /** Places a point at the cursor; undefined: of the chosen class. */
  add(label: number | undefined): void;
  /** Removes the point that is nearest to the cursor. */
  remove(): void;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Calls `keys` for the keys that are pressed while the canvas has the focus. */
export function connectKeys({ canvas, classes }: Controls, { move, add, remove }: Keys): void {
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, shiftKey } = event;
    const arrow = ARROWS[key];
    const label = ['a', 'b', 'c'].indexOf(key.toLowerCase());
    if (arrow) {
      const far = shiftKey ? 0.2 : 0.05;
      move(far * arrow[0], far * arrow[1]);
    } else if (label >= 0) {
      classes[label].checked = true;
      add(label);
    } else if (key === 'Enter' || key === ' ') add(undefined);
    else if (key === 'Delete' || key === 'Backspace') remove();
    else return;
    event.preventDefault();
  });
}
