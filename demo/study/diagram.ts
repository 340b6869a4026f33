/** A diagram of a pass, made from its trace: which invocation reads and writes what, step by step. */

import { type Header, headerOf } from '../../study/header';
import { arrange } from '../../study/trace/arrange';
import type { Access, PassTrace } from '../../study/trace/trace';
import { html } from '../elements';
import { createTensorView, numbersOf, type TensorView } from './tensor-view';

/** The constants of a pass: its overrides, and those that are written into its text. */
function constantsOf({ constants, kernel }: PassTrace['pass']): Record<string, number> {
  const code = kernel.files.at(-1)?.code ?? '';
  const written = [...code.matchAll(/const (\w+)(?:: u32)? = (\d+)u?;/g)];
  return { ...Object.fromEntries(written.map(([, name, value]) => [name, Number(value)])), ...constants };
}

/** A button with an arrow, and its name for those who can't see it. */
function arrow(text: string, label: string, onClick: () => void): HTMLButtonElement {
  const button = html(
    'button',
    { class: 'button arrow', type: 'button', 'aria-label': label, title: label },
    text,
  );
  button.addEventListener('click', onClick);
  return button;
}

const VERBS = { read: 'reads', write: 'writes', update: 'reads and writes' } as const;

const LEGEND = [
  ['read', 'read by this invocation'],
  ['written', 'written by it'],
  ['by-others', 'used by others of its workgroup'],
  ['current', 'this step'],
  ['cell', 'not used; the shade is the size of the number'],
] as const;

/** Which invocation wrote an element last, for each variable that is written. */
function writersOf(trace: PassTrace): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const writers = new Map<number, Map<number, number>>();
  for (const invocation of trace.invocations)
    for (const { variable, kind, index } of trace.accesses(invocation)) {
      if (kind === 'read' || trace.variables[variable].space !== 'storage') continue;
      if (!writers.has(variable)) writers.set(variable, new Map());
      writers.get(variable)?.set(index, invocation);
    }
  return writers;
}

/** Marks what the chosen invocation and the others of its workgroup use. */
function showMarks(trace: PassTrace, views: readonly TensorView[], invocation: number, step: number): void {
  const own = trace.accesses(invocation);
  const group = Math.floor(invocation / trace.workgroupSize);
  const others = trace.invocations.filter(
    (other) => other !== invocation && Math.floor(other / trace.workgroupSize) === group,
  );
  const byOthers = views.map(() => new Set<number>());
  for (const other of others)
    for (const { variable, index } of trace.accesses(other)) byOthers[variable].add(index);
  views.forEach((view, at) => {
    const accesses = own.filter(({ variable }) => variable === at);
    const indicesOf = (not: Access['kind']) =>
      accesses.filter(({ kind }) => kind !== not).map(({ index }) => index);
    view.show({
      byOthers: [...byOthers[at]],
      read: indicesOf('write'),
      written: indicesOf('read'),
      current: own[step]?.variable === at ? own[step].index : undefined,
    });
  });
}

/** Creates the diagram of a pass. Arrow keys choose the step and the invocation. */
export function createDiagram(trace: PassTrace, header: Header = headerOf('')): HTMLElement {
  const constants = constantsOf(trace.pass);
  const writers = writersOf(trace);
  let chosen = Math.floor(trace.invocations.length / 2);
  let step = 0;
  const said = html('p', { class: 'said', role: 'status', 'aria-live': 'polite' });
  const where = html('output', { class: 'where' });
  const when = html('output', { class: 'where' });
  // A plan without a residual, for example, binds something that its kernel does not read.
  const used = new Set(
    trace.invocations.flatMap((each) => trace.accesses(each).map(({ variable }) => variable)),
  );
  const views = trace.variables.map((variable, at) =>
    createTensorView(variable, arrange(variable, header, constants), (index) => {
      const writer = writers.get(at)?.get(index);
      const next = writer === undefined ? -1 : trace.invocations.indexOf(writer);
      if (next >= 0 && next !== chosen) {
        chosen = next;
        step = Math.max(0, trace.accesses(writer as number).length - 1);
        show();
      }
      said.textContent = `${variable.name}[${index}] is ${numbersOf(variable, index) || 'not shown: its numbers are gone after the run'}`;
    }),
  );
  const show = () => {
    const invocation = trace.invocations[chosen];
    const own = trace.accesses(invocation);
    step = Math.max(0, Math.min(step, own.length - 1));
    showMarks(trace, views, invocation, step);
    const [group, lane] = [Math.floor(invocation / trace.workgroupSize), invocation % trace.workgroupSize];
    where.textContent = `Invocation ${chosen + 1} of ${trace.invocations.length}: workgroup ${group}, lane ${lane}`;
    when.textContent = `Step ${step + 1} of ${own.length}`;
    const { variable, kind, index } = own[step];
    const value = numbersOf(trace.variables[variable], index);
    const name = `${trace.variables[variable].name}[${index}]`;
    said.textContent = `It ${VERBS[kind]} ${name}${value ? `, ${kind === 'read' ? 'which is' : 'at the end'} ${value}` : ''}.`;
  };
  const move = (by: number) => {
    chosen = (chosen + by + trace.invocations.length) % trace.invocations.length;
    step = 0;
    show();
  };
  const go = (by: number) => {
    step += by;
    show();
  };
  const element = html(
    'div',
    { class: 'diagram', tabindex: 0, 'aria-label': 'Diagram: arrow keys choose the step and the invocation' },
    html(
      'div',
      { class: 'controls' },
      arrow('◀', 'Previous invocation', () => move(-1)),
      arrow('▶', 'Next invocation', () => move(1)),
      where,
    ),
    html(
      'div',
      { class: 'controls' },
      arrow('◀', 'Previous step', () => go(-1)),
      arrow('▶', 'Next step', () => go(1)),
      when,
    ),
    said,
    html('div', { class: 'operands' }, ...views.filter((_, at) => used.has(at)).map((view) => view.element)),
    html('ul', { class: 'legend' }, ...LEGEND.map(([kind, text]) => html('li', { class: kind }, text))),
  );
  const keys: Readonly<Record<string, () => void>> = {
    ...{ ArrowLeft: () => go(-1), ArrowRight: () => go(1) },
    ...{ ArrowUp: () => move(-1), ArrowDown: () => move(1) },
  };
  element.addEventListener('keydown', (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  if (trace.invocations.length) show();
  return element;
}
