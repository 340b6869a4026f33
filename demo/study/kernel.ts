/** The page of a folder of kernels: its ladder, and one kernel of it. The address's fragment says which: #conv2d/conv2d-tiled. */

import { codeOf, lackOf, settingOf } from '../../study/check';
import { aboutOf } from '../../study/header';
import { INTRODUCTIONS } from '../../study/introductions';
import { KERNEL_NAMES, type Ladder, ladderOf, type Rung, variantsIn } from '../../study/ladder';
import { layersOf, measureLayer, type Speed } from '../../study/speed';
import { tracePlan } from '../../study/trace/trace';
import { find, html } from '../elements';
import { codePanel, linkOf } from './code-panel';
import { bar, createLadderView, type LadderView, mostOf, speedText } from './ladder-view';
import { changesOf, textOf, tracePanel } from './rung-view';
import { createSession } from './session';
import { explainTerms } from './terms';

declare global {
  interface Window {
    /** For tests: what a reader can't do on purpose. */
    mienStudy: {
      /** Loses the GPU, as a crash of its driver does. */
      lose(): Promise<void>;
      /** The text of the kernel that is shown, before it was changed. */
      original(): string;
      /** The link to a version of the kernel that is shown. */
      linkOf(code: string): Promise<string>;
    };
  }
}

const page = document.documentElement;
const session = createSession();

/** What is shown. */
interface Shown {
  readonly ladder: Ladder;
  readonly view: LadderView;
  readonly speeds: Map<string, Speed>;
}
let shown: Shown | undefined;
/** Counts the kernels that were shown, so that what arrives late for an earlier one is dropped. */
let visits = 0;

function say(message: string, state: 'working' | 'ready' | 'error'): void {
  page.dataset.state = state;
  find('status').textContent = message;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const fail = (error: unknown): void => say(messageOf(error), 'error');

// ---- Speeds

const layer = (): string => find<HTMLSelectElement>('layer').value;

/** Shows the variants of a rung as bars. */
function showVariants(rung: Rung, speeds: ReadonlyMap<string, Speed>): void {
  const most = mostOf(speeds.values());
  const lines = variantsIn(rung, layer()).flatMap((variant) => {
    const speed = speeds.get(variant);
    return speed
      ? [html('li', {}, html('code', {}, variant), bar(speed, most), html('span', {}, speedText(speed)))]
      : [];
  });
  find('variants').replaceChildren(...lines);
}

/** Measures all variants of the folder on the chosen layer. */
async function measure(): Promise<void> {
  if (!shown) return;
  const { ladder, speeds, view } = shown;
  const measured = layer();
  if (!measured) return;
  const button = find<HTMLButtonElement>('measure');
  button.disabled = true;
  speeds.clear();
  try {
    await session.use((gpu) =>
      measureLayer(gpu, ladder.kernel, measured, (speed) => {
        speeds.set(speed.variant, speed);
        if (shown?.view !== view) return;
        view.show(speeds, measured);
        const rung = rungOf(ladder);
        if (rung) showVariants(rung, speeds);
      }),
    );
  } catch (error) {
    say(messageOf(error), 'error');
  } finally {
    button.disabled = false;
  }
}

// ---- One kernel

/** The text of a fragment; itself if its percent signs encode nothing. */
function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** The fragment: the folder, the kernel, the variant and a reader's version. */
function addressed(): { kernel: string; name?: string; variant?: string; version?: string } {
  const [path, version] = decoded(location.hash.slice(1)).split('?wgsl=');
  const [kernel, name, variant] = path.split('/');
  return { kernel: kernel || 'conv2d', name, variant, version };
}

function rungOf({ rungs }: Ladder): Rung | undefined {
  const { name } = addressed();
  return name === undefined ? rungs[0] : rungs.find((rung) => rung.name === name);
}

/** The variant that the address names, if the rung has it; else its first one. */
function variantOf({ variants }: Rung): string {
  const { variant } = addressed();
  return variant !== undefined && variants.has(variant) ? variant : [...variants.keys()][0];
}

/** Shows the diagram of a variant, recorded on the GPU. */
async function showTrace(rung: Rung, variant: string, visit: number): Promise<void> {
  const place = find('trace');
  const [of] = rung.variants.get(variant) ?? [];
  try {
    const { built, plan, name } = settingOf(of, variant);
    const trace = await session.use((gpu) => {
      const lack = lackOf(gpu, plan);
      find('emulated').hidden = !gpu.isSoftware;
      if (lack) throw new Error(lack);
      return tracePlan(gpu, plan, built);
    });
    if (visit !== visits) return;
    place.replaceChildren(tracePanel(rung, trace, plan, built, name));
  } catch (error) {
    if (visit === visits) place.replaceChildren(html('p', { class: 'warn' }, messageOf(error)));
  }
}

function variantChoice(rung: Rung, variant: string): HTMLElement {
  const choice = html('select', { id: 'variant' });
  for (const name of rung.variants.keys()) choice.append(new Option(name, name, false, name === variant));
  choice.addEventListener('change', () => {
    location.hash = `#${rung.kernel}/${rung.name}/${encodeURIComponent(choice.value)}`;
  });
  return html('label', { class: 'field' }, html('span', {}, 'Variant '), choice);
}

/** The link to the next kernel of the ladder, or else to the next folder. */
function nextLink({ kernel, rungs }: Ladder, rung: Rung): HTMLElement {
  const above = rungs[rungs.indexOf(rung) + 1];
  const folder = KERNEL_NAMES[KERNEL_NAMES.indexOf(kernel) + 1];
  if (above) return html('p', {}, 'Next: ', html('a', { href: `#${kernel}/${above.name}` }, above.name));
  if (folder) return html('p', {}, 'Next: ', html('a', { href: `#${folder}` }, folder));
  return html('p', {}, html('a', { href: './index.html' }, 'The course'));
}

/** Chooses a layer on which a rung is timed, if it is not timed on the chosen one. Returns whether that changed the layer. */
function chooseLayer(rung: Rung): boolean {
  if (variantsIn(rung, layer()).length) return false;
  const better = layersOf(rung.kernel).find((name) => variantsIn(rung, name).length);
  if (better === undefined) return false;
  find<HTMLSelectElement>('layer').value = better;
  return true;
}

/** Shows a kernel of the ladder. */
async function showRung(ladder: Ladder, rung: Rung): Promise<void> {
  const visit = ++visits;
  const wanted = addressed();
  const variant = variantOf(rung);
  const below = ladder.rungs.find(({ file }) => file === rung.below);
  shown?.view.choose(rung);
  find('introduction').hidden = rung !== ladder.rungs[0];
  const section = (title: string, ...content: readonly Node[]) => [html('h2', {}, title), ...content];
  const change = below
    ? [
        html(
          'details',
          { class: 'changes' },
          html('summary', {}, 'What changed in the text since ', html('code', {}, below.name)),
          ...(/^[^/]*#/m.test(rung.code)
            ? [
                html(
                  'p',
                  { class: 'hint' },
                  'A line with a # is repeated for # = 0, 1, .. before the driver gets it.',
                ),
              ]
            : []),
          changesOf(below.code, rung.code),
        ),
      ]
    : [];
  find('rung').replaceChildren(
    html('h2', { class: 'rung-title' }, html('code', {}, rung.name)),
    html('p', { class: 'lead' }, aboutOf(rung.header)),
    ...textOf(rung),
    ...(rung.variants.size > 1 ? [variantChoice(rung, variant)] : []),
    ...section(
      'What each invocation does',
      html('div', { id: 'trace' }, html('p', { class: 'hint' }, 'Recording.')),
    ),
    ...section('Speed on this GPU', html('ul', { id: 'variants', class: 'variants' })),
    ...section(
      'WGSL, as the driver gets it',
      ...change,
      codePanel(session, rung, variant, wanted.version, fail),
    ),
  );
  find('rung').append(nextLink(ladder, rung));
  if (shown) showVariants(rung, shown.speeds);
  explainTerms(find('rung'));
  await showTrace(rung, variant, visit);
}

/** What a reader must know before the kernels of a folder. */
function introductionOf(kernel: string): HTMLElement[] {
  const { paragraphs, example } = INTRODUCTIONS[kernel] ?? { paragraphs: [] };
  return [
    ...paragraphs.map((text) => html('p', {}, text)),
    ...(example ? [html('pre', { class: 'formula', tabindex: 0 }, example)] : []),
  ];
}

/** Shows what the address names. */
async function show(): Promise<void> {
  const { kernel, name } = addressed();
  if (!KERNEL_NAMES.includes(kernel)) {
    say(`There is no kernel “${kernel}”. The kernels are ${KERNEL_NAMES.join(', ')}.`, 'error');
    return;
  }
  const isNew = shown?.ladder.kernel !== kernel;
  if (isNew) {
    const ladder = ladderOf(kernel);
    const view = createLadderView(ladder);
    shown = { ladder, view, speeds: new Map() };
    document.title = `${kernel}: Mien`;
    find('title').textContent = kernel;
    find('ladder').replaceChildren(view.element);
    find('introduction').replaceChildren(...introductionOf(kernel));
    explainTerms(find('introduction'));
    const rungsIn = (name: string) => ladder.rungs.filter((rung) => variantsIn(rung, name).length).length;
    const all = layersOf(kernel);
    const most = Math.max(...all.map(rungsIn), 0);
    // The first layer on which most of the ladder is timed.
    const layers = all.toSorted((a, b) => Number(rungsIn(b) > 0.5 * most) - Number(rungsIn(a) > 0.5 * most));
    find('layer').replaceChildren(...layers.map((layer) => new Option(layer, layer)));
    find('speeds').hidden = !layers.length;
  }
  const { ladder } = shown as Shown;
  const rung = rungOf(ladder);
  if (!rung) {
    say(
      `${kernel} has no kernel “${name}”. It has ${ladder.rungs.map((each) => each.name).join(', ')}.`,
      'error',
    );
    return;
  }
  const isOther = chooseLayer(rung);
  say('Recording what the kernel does on this GPU.', 'working');
  await showRung(ladder, rung);
  if (page.dataset.state === 'working') say('', 'ready');
  if (isNew || isOther) await measure();
}

/** The rung and the variant that are shown. @throws Error if there are none */
function current(): { rung: Rung; variant: string } {
  const rung = shown && rungOf(shown.ladder);
  if (!rung) throw new Error('no kernel is shown');
  return { rung, variant: variantOf(rung) };
}

window.mienStudy = {
  lose: () => session.use(async ({ device }) => device.destroy()),
  original() {
    const { rung, variant } = current();
    return codeOf(settingOf((rung.variants.get(variant) ?? [])[0], variant).plan, rung.file);
  },
  linkOf(code) {
    const { rung, variant } = current();
    return linkOf(rung, variant, code);
  },
};

find('measure').addEventListener('click', () => void measure());
find('layer').addEventListener('change', () => void measure());
addEventListener('hashchange', () => show().catch(fail));
show().catch(fail);
