/** The controls of the playground, and what they say. */

import { SVM_KERNELS, type SvmKernel } from '../../../src/svm/svm';
import { decisionsAt, type TrainedSvm, type TrainingOptions, winnerOf } from '../../../study/smo';
import { html } from '../../elements';
import { CLASS_NAMES, type Placed } from './playground-sets';

/** A slider of the playground. The value is `toValue(position)`. */
interface Slider {
  readonly name: 'C' | 'gamma' | 'coef0' | 'degree';
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly start: number;
  readonly toValue: (position: number) => number;
  /** The kernels that use it. */
  readonly kernels: readonly SvmKernel[];
}

const power = (position: number): number => Number((10 ** position).toPrecision(2));
const same = (position: number): number => position;

const SLIDERS: readonly Slider[] = [
  { name: 'C', min: -2, max: 4, step: 0.1, start: 1, toValue: power, kernels: SVM_KERNELS },
  {
    ...{ name: 'gamma', min: -2, max: 2, step: 0.05, start: 0.5, toValue: power },
    kernels: ['polynomial', 'rbf', 'sigmoid'],
  },
  {
    ...{ name: 'coef0', min: -3, max: 3, step: 0.1, start: 1, toValue: same },
    kernels: ['polynomial', 'sigmoid'],
  },
  { name: 'degree', min: 1, max: 6, step: 1, start: 3, toValue: same, kernels: ['polynomial'] },
];

/** More steps would stop the page for too long. Nearly all trainings need less. */
const MOST_STEPS = 100_000;
/** Side of the canvas in its own pixels. */
const SIDE = 1040;

/** The controls of the playground. */
export interface Controls {
  readonly canvas: HTMLCanvasElement;
  readonly kernel: HTMLSelectElement;
  readonly sliders: ReadonlyMap<
    Slider,
    { readonly input: HTMLInputElement; readonly output: HTMLOutputElement }
  >;
  readonly result: HTMLElement;
  readonly news: HTMLElement;
  /** The radio buttons of the classes. */
  readonly classes: readonly HTMLInputElement[];
}

/** The class that the next point gets. */
export const chosenClass = ({ classes }: Controls): number =>
  Math.max(
    classes.findIndex(({ checked }) => checked),
    0,
  );

/** Creates the controls, with RBF and the first class chosen. */
export function createControls(): Controls {
  const sliders = new Map(
    SLIDERS.map((slider) => {
      const { name, min, max, step, start } = slider;
      const input = html('input', { type: 'range', id: `slider-${name}`, min, max, step, value: start });
      return [slider, { input, output: html('output', { for: `slider-${name}` }) }] as const;
    }),
  );
  return {
    sliders,
    canvas: html('canvas', {
      ...{ id: 'playground-canvas', width: SIDE, height: SIDE, tabindex: 0, role: 'application' },
      ...{
        'aria-label': 'Points and decision regions',
        'aria-describedby': 'playground-help playground-result',
      },
    }),
    kernel: html(
      'select',
      { id: 'playground-kernel' },
      ...SVM_KERNELS.map((name) =>
        html('option', { value: name, selected: name === 'rbf' }, name === 'rbf' ? 'RBF' : name),
      ),
    ),
    result: html('p', { id: 'playground-result', 'data-testid': 'playground-result' }),
    news: html('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' }),
    classes: CLASS_NAMES.map((_, i) =>
      html('input', { type: 'radio', name: 'class', value: i, checked: i === 0 }),
    ),
  };
}

/** Places the controls. @param buttons the buttons of the sets */
export function layout(
  { canvas, kernel, sliders, result, news, classes }: Controls,
  buttons: readonly Node[],
): Node[] {
  const shapes = ['●', '■', '▲'];
  const choice = classes.map((input, i) =>
    html(
      'label',
      { class: `class-${i}` },
      input,
      html('span', { 'aria-hidden': 'true' }, shapes[i]),
      ` ${CLASS_NAMES[i]}`,
    ),
  );
  const rows = [...sliders].map(([{ name }, { input, output }]) =>
    html('div', { class: 'slider' }, html('label', { for: input.id }, name), input, output),
  );
  const help =
    'Click or tap to place a point; click a point to remove it. With the keyboard: arrows move the cursor (with Shift, ' +
    'further), A, B and C place a point, Delete removes the nearest one.';
  const caption =
    'The colour of a place is the class that the SVM gives it. Points with a ring are support vectors. With two classes, ' +
    'the line is the border (f = 0), and the broken lines are the edges of the margin (f = 1 and f = −1).';
  return [
    html('div', { class: 'controls', role: 'group', 'aria-label': 'Sets of points' }, ...buttons),
    html(
      'div',
      { class: 'playground' },
      html('figure', {}, canvas, html('figcaption', {}, caption)),
      html(
        'div',
        { class: 'settings' },
        html('fieldset', { class: 'classes' }, html('legend', {}, 'Class of the next point'), ...choice),
        html('div', { class: 'slider' }, html('label', { for: kernel.id }, 'kernel'), kernel),
        ...rows,
        result,
        html('p', { class: 'hint', id: 'playground-help' }, help),
        news,
      ),
    ),
  ];
}

/** Reads the settings, and writes the value of each slider beside it. */
export function optionsOf({ kernel, sliders }: Controls): TrainingOptions {
  const chosen = SVM_KERNELS.find((name) => name === kernel.value) ?? 'rbf';
  const values = { C: 1, gamma: 1, coef0: 0, degree: 3 };
  for (const [{ name, kernels, toValue }, { input, output }] of sliders) {
    values[name] = toValue(Number(input.value));
    input.disabled = !kernels.includes(chosen);
    output.textContent = input.disabled ? '–' : String(values[name]);
  }
  return { kernel: chosen, ...values, maxSteps: MOST_STEPS };
}

/** Says in words what was trained. */
export function showResult(
  { result, canvas }: Controls,
  points: readonly Placed[],
  svm: TrainedSvm,
  ms: number,
): void {
  const { classes, pairs, supportVectors } = svm;
  const wrong = points.filter(({ x, y, label }) => winnerOf(svm, decisionsAt(svm, [x, y])) !== label).length;
  const steps = pairs.reduce((sum, pair) => sum + pair.steps, 0);
  const isSolved = pairs.every((pair) => pair.isSolved);
  const known = pairs.length
    ? `${points.length} points, ${supportVectors.length} support vectors, ${wrong} on the wrong side. ` +
      `Trained in ${steps} steps, ${ms.toFixed(1)} ms.`
    : 'Place points of at least two classes.';
  const [pair] = pairs;
  const numbers =
    pairs.length === 1 ? ` Objective ${pair.objective.toFixed(3)}, rho ${pair.rho.toFixed(3)}.` : '';
  const stopped = isSolved
    ? ''
    : ` Training was stopped after ${MOST_STEPS.toLocaleString('en')} steps, before it was done.`;
  result.textContent = known + numbers + stopped;
  Object.assign(result.dataset, { wrong, vectors: supportVectors.length, points: points.length });
  const names = classes.map((label) => CLASS_NAMES[label]).join(', ');
  canvas.setAttribute('aria-label', `Points of the classes ${names || 'none'} and their decision regions`);
}
