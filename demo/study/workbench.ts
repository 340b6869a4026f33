/** Where a reader changes a kernel and runs it: the editor, its buttons, and what became of the version. */

import { check, type Setting, type Verdict } from '../../study/check';
import { compareSpeed } from '../../study/compare-speed';
import { MOST_ROUNDS } from '../../study/trace/rewrite';
import { html } from '../elements';
import type { Editor } from './editor';
import type { Session } from './session';

/** What is edited. */
export interface WorkbenchOptions {
  readonly session: Session;
  /** The file that is changed, such as `dense.wgsl`. */
  readonly file: string;
  /** The text that Reset brings back. */
  readonly original: string;
  /** The text at the beginning, if nothing is kept; default: the original. */
  readonly code?: string;
  /** The key in the browser's storage under which the version is kept. */
  readonly key: string;
  /** Where it runs, the smallest first. */
  readonly settings: readonly Setting[];
  /** The layer on which its speed is compared with the original's. */
  readonly timed?: Setting;
  /** Returns what is missing in a version, whatever it computes. */
  readonly missing?: (code: string) => string | undefined;
  /** Is called with each verdict. */
  readonly onVerdict?: (verdict: Verdict, code: string) => void;
  /** A text in the code to which the editor scrolls at the beginning. */
  readonly at?: string;
  /** Returns the link to a version; absent: there is no button for it. */
  readonly linkOf?: (code: string) => Promise<string>;
}

/** A place for changing a kernel. */
export interface Workbench {
  readonly element: HTMLElement;
  /** Runs the text of the editor. */
  run(): Promise<void>;
}

/** A version that is kept; undefined if the browser keeps nothing. */
const kept = (key: string): string | undefined => {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
};

function keep(key: string, code: string | undefined): void {
  try {
    if (code === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, code);
  } catch {
    // Without storage, the version lives as long as the page.
  }
}

const number = (value: number): string => String(Number(value.toPrecision(7)));

/** A verdict in sentences. */
export function verdictText(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'right':
      return `Right: all results are within their tolerance, in ${verdict.cases === 1 ? 'one case' : `${verdict.cases} cases`}.`;
    case 'wrong': {
      const { case: name, index, count, got, expected, allowed } = verdict.element;
      const difference = allowed
        ? `a difference of ${number(allowed)} is allowed`
        : 'no difference is allowed';
      return `Wrong: in the case “${name}”, element ${index} of ${count} is ${number(got)}; expected is ${number(expected)}, ${difference}.`;
    }
    case 'endless':
      return `A loop does not end: in the case “${verdict.case}” it was stopped after ${MOST_ROUNDS.toLocaleString('en')} rounds.`;
    case 'mistakes': {
      const [{ line, column, message }] = verdict.mistakes;
      const more = verdict.mistakes.length > 1 ? ` (and ${verdict.mistakes.length - 1} more)` : '';
      return `It does not compile: line ${line}, column ${column}: ${message.trim()}${more}`;
    }
  }
}

function speedText(ratio: number): string {
  if (ratio > 0.97 && ratio < 1.03) return 'It is as fast as the original.';
  return ratio < 1
    ? `It is ${(1 / ratio).toFixed(2)} times as fast as the original.`
    : `It takes ${ratio.toFixed(2)} times as long as the original.`;
}

const button = (text: string, kind = 'button'): HTMLButtonElement =>
  html('button', { class: kind, type: 'button' }, text);

/** Creates a workbench, and downloads the editor. */
export async function createWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { createEditor } = await import('./editor');
  const { session, file, original, key, settings, timed } = options;
  const [runButton, reset] = [button('Run', 'button primary'), button('Reset')];
  const share = options.linkOf && button('Copy link');
  const area = html('div', { class: 'editor' });
  const verdict = html('p', { class: 'verdict', role: 'status', 'aria-live': 'polite' });
  verdict.dataset.testid = 'verdict';
  let editor: Editor | undefined;
  let runs = 0;

  const say = (text: string, state: string) => {
    verdict.textContent = text;
    verdict.dataset.state = state;
  };

  const run = async () => {
    if (!editor) return;
    const own = ++runs;
    const { code } = editor;
    say('Running.', 'working');
    editor.mark([]);
    try {
      const found = await session.use((gpu) => check(gpu, settings, file, code));
      if (own !== runs) return;
      if (found.kind === 'mistakes') editor.mark(found.mistakes);
      const missing = found.kind === 'right' ? options.missing?.(code) : undefined;
      if (missing) {
        say(missing, 'wrong');
        return;
      }
      say(verdictText(found), found.kind);
      options.onVerdict?.(found, code);
      if (found.kind !== 'right' || !timed || code === original) return;
      const ratio = await session.use((gpu) => compareSpeed(gpu, timed, file, code));
      if (own === runs) say(`${verdictText(found)} ${speedText(ratio)}`, 'right');
    } catch (error) {
      if (own === runs) say((error as Error).message, 'error');
    }
  };

  const begin = kept(key) ?? options.code ?? original;
  editor = createEditor(
    area,
    begin,
    () => keep(key, editor?.code),
    () => void run(),
  );
  if (options.at) editor.show(options.at);
  runButton.addEventListener('click', () => void run());
  reset.addEventListener('click', () => {
    if (!editor) return;
    editor.code = options.code ?? original;
    keep(key, undefined);
    editor.mark([]);
    say('', '');
  });
  share?.addEventListener('click', async () => {
    const link = (await options.linkOf?.(editor?.code ?? '')) ?? '';
    await navigator.clipboard.writeText(link).then(
      () => say('The link is copied. It contains your version.', ''),
      () => say(link, ''),
    );
  });
  const note = 'Ctrl or Cmd and Enter runs it. Your version is kept in this browser until you reset it.';
  return {
    run,
    element: html(
      'div',
      { class: 'workbench' },
      area,
      html('div', { class: 'controls' }, runButton, reset, ...(share ? [share] : [])),
      verdict,
      html('p', { class: 'hint' }, note),
    ),
  };
}
