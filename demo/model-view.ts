/** What is shown of a dropped model: its name, its figures, or everything in it that is not supported. */

import type { Description } from '../src/network/inspect';
import { make } from './make';
import type { DroppedModel } from './model-read';
import type { Runner } from './model-run';
import { duration } from './readout';

/** How many labels are written out, and how many refusals. */
const LABELS = 20;
const REFUSALS = 100;

/** A button with a text. */
export function button(text: string, onClick: () => void, className = 'button'): HTMLButtonElement {
  const element = make('button', className, text);
  element.type = 'button';
  element.addEventListener('click', onClick);
  return element;
}

/** A labelled field of a form. */
export function field(text: string, control: HTMLElement): HTMLLabelElement {
  return make('label', 'model-field', make('span', '', text), control);
}

/** A selection. */
export function select(options: readonly (readonly [value: string, text: string])[]): HTMLSelectElement {
  const element = make('select', '');
  element.append(...options.map(([value, text]) => new Option(text, value)));
  return element;
}

/** Says why a model can't be used. */
export function refusedCard(name: string, reasons: readonly string[], onClose: () => void): HTMLElement {
  const count = `${reasons.length} ${reasons.length > 1 ? 'things are' : 'thing is'} not supported`;
  const items = reasons.slice(0, REFUSALS).map((reason) => make('li', '', reason));
  if (reasons.length > REFUSALS) items.push(make('li', '', `and ${reasons.length - REFUSALS} more`));
  const card = make(
    ...(['div', 'model-card model-refused'] as const),
    make('h2', '', `“${name}” does not run`),
    make('p', 'caution', `${count}:`),
    make('ul', 'model-reasons', ...items),
    button('Close', onClose),
  );
  card.dataset.testid = 'refused';
  return card;
}

const grouped = (value: number) => Math.round(value).toLocaleString('en');

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

const shapeText = (shape: readonly (number | string)[]) => `(${shape.join(', ')})`;

/** The figures of a model that runs. */
export function facts(model: DroppedModel, description: Description, runner: Runner): HTMLElement {
  const { inputs, outputs, nodes, parameters, operations, warnings } = description;
  const { labels } = model;
  const rows: (readonly [string, string])[] = [
    ['Size', sizeText(model.bytes)],
    ...inputs.map(({ name, shape, type }) => ['Input', `${name} ${shapeText(shape)} ${type}`] as const),
    ...outputs.map(({ name, shape, labels: named }) => {
      return ['Output', `${name} ${shapeText(shape)} ${named ? 'label' : 'float'}`] as const;
    }),
    ...(labels
      ? [
          [
            `${labels.length} labels`,
            labels.slice(0, LABELS).join(', ') +
              (labels.length > LABELS ? ` and ${labels.length - LABELS} more` : ''),
          ] as const,
        ]
      : []),
    [
      'Operators',
      `${grouped(nodes.inFile)}, run as ${grouped(nodes.steps)} step${nodes.steps === 1 ? '' : 's'}`,
    ],
    ['Parameters', grouped(parameters)],
    ['Multiply-adds', grouped(operations / 2)],
    ['First run, with compiling', duration(runner.first)],
    ['Later runs, median', duration(runner.warm)],
  ];
  const list = make('dl', 'model-facts');
  for (const [term, value] of rows) list.append(make('div', '', make('dt', '', term), make('dd', '', value)));
  const box = make('div', '', list);
  box.append(...warnings.map((warning) => make('p', 'caution', warning)));
  return box;
}
