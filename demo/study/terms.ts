/** Explains each technical term at its first use on a page. */

import { TERM_PATTERN, TERMS } from '../../study/terms';
import { html } from '../elements';

/** Elements whose text is not explained: code, headings, and what is operated. */
const NOT_IN =
  'code, pre, h1, h2, h3, h4, a, button, summary, select, label, svg, .term, .hint, .editor, output';

/** A word with its meaning, which appears when it is pointed at, focused or tapped. */
function explained(word: string, meaning: string): HTMLElement {
  const note = html('span', { class: 'meaning', role: 'note' }, meaning);
  return html('span', { class: 'term', tabindex: 0 }, html('dfn', {}, word), note);
}

/** The text nodes of an element that may contain terms. */
function textsOf(root: HTMLElement): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement?.closest(NOT_IN)) texts.push(node as Text);
  return texts;
}

/** Explains the terms in an element that were not explained there before. */
export function explainTerms(root: HTMLElement): void {
  const known = new Set<string>();
  for (const text of textsOf(root)) {
    let rest: Text | undefined = text;
    while (rest) {
      // A term that is known may hide another one later in the text, so the search goes on behind it.
      let from = 0;
      let found: { at: number; word: string; meaning: string } | undefined;
      while (!found) {
        const match = rest.data.slice(from).match(TERM_PATTERN);
        if (!match) break;
        const entry = TERMS.find(({ term }) => term.toLowerCase() === match[1].toLowerCase());
        const at = from + (match.index as number);
        if (entry && !known.has(entry.term)) {
          known.add(entry.term);
          found = { at, word: match[0], meaning: entry.meaning };
        }
        from = at + match[0].length;
      }
      if (!found) break;
      const word = rest.splitText(found.at);
      const after = word.splitText(found.word.length);
      word.replaceWith(explained(found.word, found.meaning));
      rest = after;
    }
  }
}
