/** Dropped models: shows what one is, runs it, and uses a face classifier from then on. Downloaded when one is opened. */

import { parseNpy } from '../src/formats/npy';
import { type Inspection, inspectGraph } from '../src/network/inspect';
import type { Engine } from './engine';
import { make } from './make';
import './model.css';
import { createForm, type Form } from './model-form';
import { bytesOf, cropSide, type DroppedModel, defaultSizes, readModelFiles } from './model-read';
import { createRunner, type Runner } from './model-run';
import { button, facts, field, refusedCard } from './model-view';

/** The page around the model. */
export interface ModelPage {
  /** The page's recognizer. */
  readonly engine: Engine;
  /** The element that shows the model. */
  readonly root: HTMLElement;
  /** The picture or video on the page. */
  picture(): CanvasImageSource | undefined;
  /** The recognizer has another classifier: shows the picture again. */
  changed(): void;
  /** Shows a sentence; `working` while something is done. */
  say(state: 'working' | 'ready', text: string): void;
}

/** Crops of at least this side are those of faces, not digits: the model is used at once. */
const FACE = 32;

const used = make('div', 'model-used'); // says which classifier is used
const notice = make('div', ''); // a refused model
const body = make('div', ''); // the model that runs
let shown: { model: DroppedModel; runner: Runner; form: Form } | undefined;
let offer: HTMLElement | undefined; // of the model in `body`, to use it for faces
let turn = 0;

/**
 * Opens dropped files: a model with its weights, or an .npy file with numbers for the model that is shown.
 * @throws Error, in one sentence, if the files are damaged or incomplete; what is shown stays
 */
export async function openModelFiles(files: readonly File[], page: ModelPage): Promise<void> {
  const isNumbers = files.length === 1 && /\.npy$/i.test(files[0].name);
  if (isNumbers && shown) {
    const [{ name }] = files;
    const { data, type } = parseNpy(await bytesOf(files[0]), `“${name}”`);
    if (type === 'string') throw new Error(`“${name}” contains texts, but the model takes numbers`);
    if (!shown) return;
    shown.form.fill(Array.from(data as ArrayLike<unknown>, Number));
    return;
  }
  const mine = ++turn;
  page.say('working', 'Reading the model.');
  const model = await readModelFiles(files);
  if (mine === turn) await showModel(model, defaultSizes(model.graph), page, mine);
}

/** Inspects, compiles and shows a model, and uses it if it is a face classifier. */
async function showModel(
  model: DroppedModel,
  sizes: Readonly<Record<string, number>>,
  page: ModelPage,
  mine: number,
): Promise<void> {
  if (!body.isConnected) page.root.replaceChildren(used, notice, body);
  page.root.hidden = false;
  page.say('working', `Compiling “${model.name}”.`);
  const inspection = await inspectGraph(model.graph, 1, sizes).catch(refusal);
  const runner = inspection.description
    ? await runnerFor(inspection, page).catch(refusal)
    : (inspection satisfies { refused: readonly string[] });
  if (mine !== turn) {
    if ('run' in runner) runner.destroy();
    return;
  }
  if (!('run' in runner) || !inspection.description) {
    const { refused } = runner as { refused: readonly string[] };
    notice.replaceChildren(refusedCard(model.name, refused, () => close(notice, page)));
    page.say('ready', `“${model.name}” does not run. What was open before stays.`);
    notice.scrollIntoView({ block: 'nearest' });
    return;
  }
  notice.replaceChildren();
  shown?.runner.destroy();
  showBody(model, sizes, inspection, runner, page);
  page.say('ready', `“${model.name}” runs.`);
  const isFaces = (cropSide(inspection.graph) ?? 0) >= FACE && model.labels;
  const why = isFaces ? await useForFaces(model, inspection, undefined, page) : undefined;
  if (why) page.say('ready', `“${model.name}” runs, but not on faces: ${why}`);
  // A face classifier is seen at the picture.
  if (!isFaces || why) body.scrollIntoView({ block: 'nearest' });
}

const refusal = (error: unknown) => ({
  ...{ refused: [error instanceof Error ? error.message : String(error)], description: undefined },
});

const runnerFor = async ({ graph }: Pick<Inspection, 'graph'>, { engine }: ModelPage): Promise<Runner> =>
  createRunner((await engine.current).gpu, graph);

function showBody(
  model: DroppedModel,
  sizes: Readonly<Record<string, number>>,
  inspection: Inspection,
  runner: Runner,
  page: ModelPage,
): void {
  const { description } = inspection;
  if (!description) return;
  const inputs = description.inputs.map(({ name, shape, type }) => ({
    ...{ name, type },
    shape: shape.map((d) => (typeof d === 'number' ? d : 1)),
  }));
  const { labels, firstIndex } = model;
  const form = createForm({
    ...{ inputs, labels, firstIndex, picture: page.picture },
    async run(given) {
      const { gpu } = await page.engine.current;
      // After a loss, the model is compiled again.
      if (shown?.model === model && shown.runner.gpu !== gpu) {
        const again = await createRunner(gpu, inspection.graph);
        shown.runner.destroy();
        shown = { ...shown, runner: again };
      }
      if (shown?.model !== model) throw new Error('The model is closed');
      return shown.runner.run(given);
    },
  });
  shown = { model, runner, form };
  const title = make('h2', '', model.name);
  const head = make(
    'div',
    'model-head',
    title,
    button('Close', () => close(body, page)),
  );
  const card = make('div', 'model-card', head, facts(model, description, runner));
  card.dataset.testid = 'model';
  if (Object.keys(sizes).length) card.append(sizesForm(model, sizes, page));
  offer = cropSide(inspection.graph) ? facesForm(model, inspection, page) : undefined;
  if (offer) card.append(offer);
  card.append(form.root);
  body.replaceChildren(card);
}

/** Fields for the open dimensions. */
function sizesForm(
  model: DroppedModel,
  sizes: Readonly<Record<string, number>>,
  page: ModelPage,
): HTMLElement {
  const fields = Object.entries(sizes).map(([name, size]) => {
    const input = make('input', '');
    Object.assign(input, { type: 'number', min: '1', step: '1', value: String(size), name, required: true });
    return input;
  });
  const submit = make('button', 'button', 'Set the sizes');
  const form = make(
    ...(['form', 'model-fields'] as const),
    ...fields.map((input) => field(`Size of ${input.name}`, input)),
    submit,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = Object.fromEntries(fields.map((input) => [input.name, input.valueAsNumber]));
    void showModel(model, chosen, page, ++turn);
  });
  return form;
}

/** Offers a model on crops of faces as the page's classifier; its classes may need names. */
function facesForm(model: DroppedModel, inspection: Inspection, page: ModelPage): HTMLElement {
  const names = make('input', '');
  const submit = make('button', 'button', 'Use it for faces');
  const form = make('form', 'model-fields', submit);
  if (!model.labels) form.prepend(field('Names of its classes, with commas', names));
  const error = make('p', 'model-error');
  error.setAttribute('role', 'alert');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const labels = names.value.split(',').map((name) => name.trim());
    error.textContent = (await useForFaces(model, inspection, model.labels ? undefined : labels, page)) ?? '';
  });
  return make('div', 'model-faces', form, error);
}

/** Uses a model as the page's classifier. Returns why it can't be used; the one before then stays in use. */
async function useForFaces(
  model: DroppedModel,
  { graph }: Inspection,
  labels: readonly string[] | undefined,
  page: ModelPage,
): Promise<string | undefined> {
  const { engine } = page;
  if (labels && new Set(labels).size < labels.length) return 'Two classes have the same name.';
  try {
    await engine.use({ graph, labels });
  } catch (error) {
    return `${error instanceof Error ? error.message : error}.`.replace(/([.!?])\.$/, '$1');
  }
  const back = async () => {
    try {
      await engine.use(undefined);
    } catch (error) {
      page.say('ready', `${error instanceof Error ? error.message : error}.`);
      return;
    }
    used.replaceChildren();
    if (offer) offer.hidden = false;
    page.root.hidden = !body.hasChildNodes() && !notice.hasChildNodes();
    document.getElementById('model-file')?.focus({ preventScroll: true });
    page.changed();
  };
  if (offer && shown?.model === model) offer.hidden = true;
  const text = make('p', '', `Faces are recognised by “${model.name}”.`);
  used.replaceChildren(
    text,
    button('Back to the built-in model', () => void back()),
  );
  page.changed();
  return undefined;
}

/** Removes a card. The classifier of the faces stays in use. */
function close(part: HTMLElement, page: ModelPage): void {
  if (part === body) {
    shown?.runner.destroy();
    shown = undefined;
  }
  part.replaceChildren();
  page.root.hidden = !used.hasChildNodes() && !body.hasChildNodes() && !notice.hasChildNodes();
  document.getElementById('model-file')?.focus({ preventScroll: true });
}
