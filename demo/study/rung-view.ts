/** What the page shows of one kernel: its idea, its diagram, its figures, what changed, and its WGSL. */

import { diffLines } from 'diff';
import type { BuiltCase } from '../../shaders/cases/case';
import type { Pass, Plan } from '../../shaders/plan/plan';
import { fileOf, type Rung } from '../../study/ladder';
import { countsOf } from '../../study/trace/counts';
import type { PassTrace, PlanTrace } from '../../study/trace/trace';
import { html } from '../elements';
import { createDiagram } from './diagram';
import { coloured, wgslBlock } from './wgsl-view';

const rounded = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en');

/** The WGSL of a pass as the driver gets it: the kernel, and folded under it the files that are joined in front of it. */
export function wgslOf({ kernel }: Pass, own: HTMLElement): HTMLElement {
  const before = kernel.files
    .slice(0, -1)
    .map(({ name, code }) =>
      html(
        'details',
        { class: 'snippet' },
        html('summary', {}, 'Joined in front of it: ', html('code', {}, name)),
        wgslBlock(code),
      ),
    );
  return html('div', { class: 'module' }, own, ...before);
}

/** A kernel's text, where the header is folded, since the page has shown what it says. */
export function withoutHeader(code: string): HTMLElement[] {
  const [header] = code.match(/^(?:\/\/.*\n)+/) ?? [''];
  const folded = html(
    'details',
    { class: 'snippet' },
    html('summary', {}, 'The header of the file'),
    wgslBlock(header),
  );
  return [...(header ? [folded] : []), wgslBlock(code.slice(header.length).replace(/^\n+/, ''))];
}

/** The lines that differ from the kernel below on the ladder, without the headers. */
export function changesOf(below: string, code: string): HTMLElement {
  const body = (text: string) => text.replace(/^(?:\/\/.*\n)+\s*/, '');
  const parts = diffLines(body(below), body(code)).map(({ value, added, removed }) =>
    html(
      'span',
      { class: added ? 'added' : removed ? 'removed' : 'same' },
      ...value
        .replace(/\n$/, '')
        .split('\n')
        .flatMap((line) => [
          html('span', { class: 'line' }, added ? '+ ' : removed ? '- ' : '  ', coloured(line)),
        ]),
    ),
  );
  return html('pre', { class: 'wgsl diff', tabindex: 0 }, html('code', {}, ...parts));
}

/** What the code of a pass does, counted from its trace. */
export function figuresOf(trace: PassTrace, plan: Plan, { cost }: BuiltCase): HTMLElement {
  const counts = countsOf(trace);
  const figures: [string, string][] = [
    ['Workgroups', `${trace.workgroups.join(' × ')} of ${trace.workgroupSize} invocations`],
    ['Invocations with work', counts.invocations.toLocaleString('en')],
    ['Loads by each', rounded(counts.loads)],
    ['Numbers loaded by each', rounded(counts.numbersLoaded)],
    ['Numbers written by each', rounded(counts.numbersStored)],
    ['Loads of the same element in a workgroup', rounded(counts.reuse)],
  ];
  if (counts.sharedLoads) figures.push(['Loads from workgroup memory by each', rounded(counts.sharedLoads)]);
  // Only the whole plan has a formula, so a pass of several has no figure of its own.
  if (cost.flop && plan.passes.length === 1) {
    const macs = cost.flop / 2 / Math.max(1, counts.invocations);
    figures.push(
      ['Multiply-adds by each', rounded(macs)],
      ['Multiply-adds for each number loaded', rounded(macs / counts.numbersLoaded)],
      ['Operations for each byte that it moves', rounded(cost.flop / Math.max(1, counts.bytes))],
      ['The same, if each byte were moved once', rounded(cost.flop / cost.bytes)],
    );
  }
  return html(
    'dl',
    { class: 'figures', 'data-testid': 'figures' },
    ...figures.map(([name, value]) => html('div', {}, html('dt', {}, name), html('dd', {}, value))),
  );
}

/** The pass of a plan that a rung is about. @throws Error if the plan has none */
export function passOf<P extends { readonly pass: Pass }>(passes: readonly P[], file: string): P {
  const found = passes.find(({ pass }) => fileOf(pass) === file);
  if (!found) throw new Error(`the plan has no pass of ${file}`);
  return found;
}

/** The diagram and the figures of a rung. */
export function tracePanel(
  rung: Rung,
  trace: PlanTrace,
  plan: Plan,
  built: BuiltCase,
  name: string,
): HTMLElement {
  const own = passOf(trace.passes, rung.file);
  const position = trace.passes.indexOf(own) + 1;
  const among =
    trace.passes.length > 1 ? ` This is pass ${position} of ${trace.passes.length} of the plan.` : '';
  return html(
    'figure',
    {},
    createDiagram(own, rung.header),
    figuresOf(own, plan, built),
    html(
      'figcaption',
      {},
      `Averages over the invocations with work. Multiply-adds are those of the formula; a multiply-add is two operations. A load fetches a whole element, such as a vec4f of four numbers. Recorded on this GPU while the kernel ran the test case “${name}”, variant ${plan.variant}.${among} Point at a result to see which invocation wrote it and what that invocation read.`,
    ),
  );
}

/** How dimensions are written, as in shaders/README.md. */
const DIMENSIONS =
  'Dimensions in parentheses, the last one changes fastest. B is the batch, I input channels, O output channels, H and W height and width, K a window. I4 is I, rounded up to a multiple of 4; O8/8 counts blocks of 8. The diagram counts elements: eight channels are two vec4fs.';

const labelled = (name: string, text: string): HTMLElement =>
  html('p', {}, html('strong', {}, `${name}: `), text.replace(/\.?$/, '.'));

/** The texts of a rung: title, formulas, idea, threads, and what was measured before. */
export function textOf({ header }: Rung): HTMLElement[] {
  return [
    ...(header.formulas.length ? [html('pre', { class: 'formula' }, header.formulas.join('\n'))] : []),
    ...(header.notes.length ? [html('p', {}, header.notes.join(' '))] : []),
    html('p', { class: 'idea' }, header.idea),
    ...(header.threads
      ? [labelled('Invocations', header.threads.replace(/\b([xyz])(?=: | is the)/g, 'axis $1'))]
      : []),
    ...(header.layout ? [labelled('Memory', header.layout), html('p', { class: 'hint' }, DIMENSIONS)] : []),
    ...(header.measured.length ? [html('p', { class: 'hint' }, header.measured.join(' '))] : []),
  ];
}
