/** The page of a folder of kernels: its ladder, and one kernel of it. The address's fragment says which: #conv2d/conv2d-tiled. */

import { packed, unpacked } from '../../bench/suite/packed';
import { codeOf, lackOf, settingOf, settingsOf } from '../../study/check';
import { timedSetting } from '../../study/compare-speed';
import { aboutOf } from '../../study/header';
import { KERNEL_NAMES, type Ladder, ladderOf, type Rung, variantsIn } from '../../study/ladder';
import { layersOf, measureLayer, type Speed } from '../../study/speed';
import { tracePlan } from '../../study/trace/trace';
import { find, html } from '../elements';
import { bar, createLadderView, type LadderView, mostOf, speedText } from './ladder-view';
import { changesOf, passOf, textOf, tracePanel, wgslOf } from './rung-view';
import { createSession } from './session';
import { explainTerms } from './terms';
import { wgslBlock } from './wgsl-view';
import { createWorkbench } from './workbench';

declare global {
  interface Window {
    /** For tests: what a reader can't do on purpose. */
    mienStudy: {
      /** Loses the GPU, as a crash of its driver does. */
      lose(): Promise<void>;
      /** The link to a version of the kernel that is shown. */
      linkOf(code: string): Promise<string>;
    };
  }
}

/** Maximum number of bytes of a kernel in a link. */
const MOST_BYTES = 100_000;

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

/** The fragment: the folder, the kernel, the variant and a reader's version. */
function addressed(): { kernel: string; name?: string; variant?: string; version?: string } {
  const [path, version] = decodeURIComponent(location.hash.slice(1)).split('?wgsl=');
  const [kernel, name, variant] = path.split('/');
  return { kernel: kernel || 'conv2d', name, variant, version };
}

function rungOf({ rungs }: Ladder): Rung | undefined {
  const { name } = addressed();
  return name === undefined ? rungs[0] : rungs.find((rung) => rung.name === name);
}

/** Shows the diagram of a variant, recorded on the GPU. */
async function showTrace(rung: Rung, variant: string, visit: number): Promise<void> {
  const place = find('trace');
  const [of] = rung.variants.get(variant) ?? [];
  try {
    const { built, plan, name } = settingOf(of, variant);
    const trace = await session.use((gpu) => {
      const lack = lackOf(gpu, plan);
      if (lack) throw new Error(lack);
      return tracePlan(gpu, plan, built);
    });
    if (visit !== visits) return;
    place.replaceChildren(tracePanel(rung, trace, plan, built, name));
  } catch (error) {
    if (visit === visits) place.replaceChildren(html('p', { class: 'warn' }, messageOf(error)));
  }
}

/** The link to a version of a variant. */
const linkOf = async ({ kernel, name }: Rung, variant: string, code: string): Promise<string> =>
  `${location.href.split('#')[0]}#${kernel}/${name}/${encodeURIComponent(variant)}?wgsl=${await packed(code)}`;

/** The kernel's text, with a button that replaces it by the editor. */
function codePanel(rung: Rung, variant: string, version: string | undefined): HTMLElement {
  const [of] = rung.variants.get(variant) ?? [];
  const { plan } = settingOf(of, variant);
  const original = codeOf(plan, rung.file);
  const change = html(
    'button',
    { class: 'button primary', type: 'button', id: 'change' },
    'Change it and run it',
  );
  const place = html('div', {}, wgslBlock(original));
  const panel = html(
    'div',
    {},
    wgslOf(
      passOf(
        plan.passes.map((pass) => ({ pass })),
        rung.file,
      ).pass,
      place,
    ),
  );
  const open = async (code?: string) => {
    change.disabled = true;
    try {
      const workbench = await createWorkbench({
        ...{ session, file: rung.file, original, code, settings: settingsOf(rung, variant) },
        key: `mien study ${rung.file} ${variant}${code === undefined ? '' : ' shared'}`,
        timed: timedSetting(rung, variant, original),
        linkOf: (text) => linkOf(rung, variant, text),
      });
      place.replaceChildren(workbench.element);
      change.remove();
      if (code !== undefined) await workbench.run();
    } catch (error) {
      change.disabled = false;
      say(messageOf(error), 'error');
    }
  };
  change.addEventListener('click', () => void open());
  if (version) {
    const damaged = () => say('The link is damaged: the kernel in it can’t be read.', 'error');
    unpacked(version, MOST_BYTES).then(open, damaged);
  }
  panel.append(html('div', { class: 'controls' }, change));
  return panel;
}

function variantChoice(rung: Rung, variant: string): HTMLElement {
  const choice = html('select', { id: 'variant' });
  for (const name of rung.variants.keys()) choice.append(new Option(name, name, false, name === variant));
  choice.addEventListener('change', () => {
    location.hash = `#${rung.kernel}/${rung.name}/${encodeURIComponent(choice.value)}`;
  });
  return html('label', { class: 'field' }, html('span', {}, 'Variant '), choice);
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
  const [first] = rung.variants.keys();
  const variant = wanted.variant !== undefined && rung.variants.has(wanted.variant) ? wanted.variant : first;
  const below = ladder.rungs.find(({ file }) => file === rung.below);
  shown?.view.choose(rung);
  const section = (title: string, ...content: readonly Node[]) => [html('h2', {}, title), ...content];
  const change = below
    ? [
        html(
          'details',
          { class: 'changes' },
          html('summary', {}, 'What changed in the text since ', html('code', {}, below.name)),
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
    ...section('WGSL, as the driver gets it', ...change, codePanel(rung, variant, wanted.version)),
  );
  if (shown) showVariants(rung, shown.speeds);
  explainTerms(find('rung'));
  await showTrace(rung, variant, visit);
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
    const rungsIn = (name: string) => ladder.rungs.flatMap((rung) => variantsIn(rung, name)).length;
    const layers = layersOf(kernel).sort((a, b) => rungsIn(b) - rungsIn(a));
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

window.mienStudy = {
  lose: () => session.use(async ({ device }) => device.destroy()),
  async linkOf(code) {
    const rung = shown && rungOf(shown.ladder);
    if (!rung) throw new Error('no kernel is shown');
    return linkOf(rung, addressed().variant ?? [...rung.variants.keys()][0], code);
  },
};

find('measure').addEventListener('click', () => void measure());
find('layer').addEventListener('change', () => void measure());
addEventListener('hashchange', () => void show());
show().catch((error) => say(messageOf(error), 'error'));
