/** The editor for WGSL: CodeMirror, downloaded when a reader starts to change a kernel. */

import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, RangeSetBuilder } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import type { Mistake } from '../../study/check';
import { type TokenKind, tokensOf } from '../../study/tokens';

/** An editor of the page. */
export interface Editor {
  /** The text. */
  code: string;
  /** Marks the mistakes at their lines. */
  mark(mistakes: readonly Mistake[]): void;
  /** Scrolls to the line that contains a text, and places the cursor there. */
  show(text: string): void;
}

const marks = new Map<TokenKind, Decoration>();
const markOf = (kind: TokenKind): Decoration => {
  const known = marks.get(kind) ?? Decoration.mark({ class: `wgsl-${kind}` });
  marks.set(kind, known);
  return known;
};

/** Kernels are short, so that the whole text is coloured after each change. */
function colours({ state }: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  let at = 0;
  for (const { kind, text } of tokensOf(state.doc.toString())) {
    if (kind !== 'text' && kind !== 'name') builder.add(at, at + text.length, markOf(kind));
    at += text.length;
  }
  return builder.finish();
}

const highlighting = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = colours(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged) this.decorations = colours(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

/**
 * Creates an editor.
 * @param onChange is called after each change by the reader
 * @param onRun is called when the reader presses Ctrl or Cmd and Enter
 */
export function createEditor(
  parent: HTMLElement,
  code: string,
  onChange: () => void,
  onRun: () => void,
): Editor {
  const run = () => {
    onRun();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: code,
      extensions: [
        ...[lineNumbers(), history(), highlightActiveLine(), bracketMatching(), lintGutter(), highlighting],
        EditorView.lineWrapping,
        ...[indentUnit.of('  '), EditorState.tabSize.of(2)],
        EditorView.contentAttributes.of({ 'aria-label': 'WGSL of the kernel', spellcheck: 'false' }),
        keymap.of([{ key: 'Mod-Enter', run }, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        EditorView.updateListener.of(({ docChanged }) => docChanged && onChange()),
      ],
    }),
  });
  return {
    get code() {
      return view.state.doc.toString();
    },
    set code(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    mark(mistakes) {
      const { doc } = view.state;
      const diagnostics = mistakes.map(({ line, column, message }): Diagnostic => {
        const { from, to } = doc.line(Math.min(line, doc.lines));
        const start = Math.min(from + column - 1, to);
        return { from: start, to: Math.max(start, to), severity: 'error', message };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics));
      if (diagnostics.length)
        view.dispatch({ effects: EditorView.scrollIntoView(diagnostics[0].from, { y: 'nearest' }) });
    },
    show(text) {
      const at = view.state.doc.toString().indexOf(text);
      if (at < 0) return;
      const line = view.state.doc.lineAt(at);
      view.dispatch({
        selection: { anchor: line.to },
        effects: EditorView.scrollIntoView(line.from, { y: 'center' }),
      });
    },
  };
}
