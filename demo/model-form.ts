/** The form on which a model is run: a picture, or pasted numbers, for each input. */

import type { Tensor } from '../src/index';
import { make } from './make';
import {
  numbersIn,
  numbersTensor,
  pictureShape,
  pictureTensor,
  preprocessing,
  rowsIn,
  type SizedInput,
} from './model-input';
import { type Outputs, outputElements, rowsTable } from './model-results';
import { button, field, select } from './model-view';

/** What a form needs. */
export interface FormSetup {
  readonly inputs: readonly SizedInput[];
  readonly labels: readonly string[] | undefined;
  /** The number of the first feature in rows of LIBSVM. */
  readonly firstIndex: 0 | 1;
  /** The picture on the page, if there is one. */
  picture(): CanvasImageSource | undefined;
  /** Runs the model. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Outputs>;
}

/** A form. */
export interface Form {
  readonly root: HTMLElement;
  /** Puts numbers into the first input that takes numbers, and runs the model. */
  fill(values: ArrayLike<number>): void;
}

/** The controls of one input. */
interface Source {
  readonly root: HTMLElement;
  /** The input's tensors, one for each run. @throws Error, in one sentence */
  tensors(): readonly Tensor[];
  fill(values: ArrayLike<number>): void;
}

/** Creates the form. */
export function createForm(setup: FormSetup): Form {
  const sources = setup.inputs.map((input) => sourceOf(input, setup));
  const results = make('div', 'model-results');
  results.setAttribute('aria-live', 'polite');
  const form = make('form', 'model-form', ...sources.map(({ root }) => root));
  const submit = make('button', 'button primary', 'Run the model');
  const error = make('p', 'model-error');
  error.setAttribute('role', 'alert');
  form.append(make('div', 'model-actions', submit), error, results);
  let turn = 0;
  const run = async () => {
    const mine = ++turn;
    error.textContent = '';
    form.dataset.state = 'working';
    try {
      const given = sources.map((source) => source.tensors());
      const runs: Outputs[] = [];
      for (let at = 0; at < Math.max(...given.map(({ length }) => length), 1); at++) {
        const inputs = setup.inputs.map(({ name }, i) => [name, given[i][at]] as const);
        runs.push(await setup.run(Object.fromEntries(inputs)));
      }
      if (mine !== turn) return;
      results.replaceChildren(
        ...(runs.length > 1 ? [rowsTable(runs, setup.labels)] : outputElements(runs[0], setup.labels)),
      );
      form.dataset.state = 'ready';
    } catch (cause) {
      if (mine !== turn) return;
      results.replaceChildren();
      error.textContent = `${cause instanceof Error ? cause.message : cause}.`.replace(/([.!?])\.$/, '$1');
      form.dataset.state = 'error';
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run();
  });
  return {
    root: form,
    fill(values) {
      sources[0]?.fill(values);
      void run();
    },
  };
}

function sourceOf(input: SizedInput, setup: FormSetup): Source {
  const shape = pictureShape(input);
  const numbers = numbersSource(input, setup);
  if (!shape) return { ...numbers, root: fieldset(input, numbers.root) };
  const kind = select([
    ['picture', 'the picture on the page'],
    ['numbers', 'pasted numbers'],
  ]);
  const picture = pictureSource(input, shape, setup);
  const switchTo = () => {
    picture.root.hidden = kind.value !== 'picture';
    numbers.root.hidden = !picture.root.hidden;
  };
  kind.addEventListener('change', switchTo);
  switchTo();
  return {
    root: fieldset(input, make('div', 'model-fields', field('From', kind)), picture.root, numbers.root),
    tensors: () => (kind.value === 'picture' ? picture : numbers).tensors(),
    fill(values) {
      kind.value = 'numbers';
      switchTo();
      numbers.fill(values);
    },
  };
}

function fieldset({ name, shape }: SizedInput, ...children: HTMLElement[]): HTMLElement {
  return make('fieldset', '', make('legend', '', `Input ${name} (${shape.join(', ')})`), ...children);
}

function pictureSource(
  input: SizedInput,
  shape: NonNullable<ReturnType<typeof pictureShape>>,
  { picture }: FormSetup,
): Pick<Source, 'root' | 'tensors'> {
  const grey = ['grey', 'grey, the average'] as const;
  const colours = select(
    shape.channels === 1 ? [grey] : [['rgb', 'red, green, blue'], ['bgr', 'blue, green, red'], grey],
  );
  const range = select([
    ['1', '0 to 1'],
    ['-1', '−1 to 1'],
    ['255', '0 to 255'],
    ['mean', 'mean and deviation'],
  ]);
  // Classifiers of faces are trained on -1 to 1.
  if (shape.channels === 1 && shape.width >= 32) range.value = '-1';
  const [mean, std] = [make('input', ''), make('input', '')];
  mean.value = shape.channels === 1 ? '0.449' : '0.485, 0.456, 0.406';
  std.value = shape.channels === 1 ? '0.226' : '0.229, 0.224, 0.225';
  const more = [field('Mean, of 0 to 1', mean), field('Deviation', std)];
  const show = () => {
    for (const each of more) each.hidden = range.value !== 'mean';
  };
  range.addEventListener('change', show);
  show();
  const fields = make('div', 'model-fields', field('Channels', colours), field('Range', range), ...more);
  const { layout, width, height } = shape;
  const note = `Stretched to ${width} × ${height} pixels, ${layout}. Choose or drop another picture to change it.`;
  return {
    root: make('div', '', fields, make('p', 'model-detail', note)),
    tensors() {
      const source = picture();
      if (!source) throw new Error('There is no picture on the page; choose one');
      const how = preprocessing(colours.value, range.value, mean.value, std.value);
      return [pictureTensor(source, input.shape, shape, how)];
    },
  };
}

function numbersSource(input: SizedInput, { inputs, firstIndex }: FormSetup): Source {
  const { shape } = input;
  const count = shape.reduce((n, d) => n * d, 1);
  const takesRows = inputs.length === 1 && shape.length === 2 && shape[0] === 1;
  const area = make('textarea', '');
  area.rows = takesRows ? 4 : 3;
  area.spellcheck = false;
  let array: ArrayLike<number> | undefined; // numbers of a file that are too many for the field
  area.addEventListener('input', () => {
    array = undefined;
  });
  const what = takesRows
    ? `Rows of ${count} numbers, or of index:value`
    : `${count} numbers, with commas or spaces`;
  const zeros = button('Zeros', () => fill(new Float32Array(count)));
  const fill = (values: ArrayLike<number>) => {
    array = values.length > 2000 ? values : undefined;
    area.value = array ? '' : Array.from(values, String).join(', ');
    area.placeholder = array ? `${values.length} numbers` : '';
  };
  return {
    root: make('div', 'model-numbers', field(what, area), make('div', 'model-actions', zeros)),
    tensors() {
      if (array) return [numbersTensor(Array.from(array), input)];
      if (takesRows) return rowsIn(area.value, input, firstIndex);
      return [numbersTensor(numbersIn(area.value), input)];
    },
    fill,
  };
}
