/** WGSL, coloured. */

import { tokensOf } from '../../study/tokens';
import { html } from '../elements';

/** The text with a `<span class="wgsl-KIND">` around each token that has a colour. */
export function coloured(code: string): DocumentFragment {
  const fragment = new DocumentFragment();
  for (const { kind, text } of tokensOf(code))
    fragment.append(
      kind === 'text' || kind === 'name' ? text : html('span', { class: `wgsl-${kind}` }, text),
    );
  return fragment;
}

/** The same text, where the copies of a repeated line (repeat.ts) are lines of their own. */
function unfolded(code: string): string {
  return code
    .split('\n')
    .map((line) => {
      const [indent] = line.match(/^ */) ?? [''];
      return line.split(/(?<=[;}]) {2,}(?=[^\s/])/).join(`\n${indent}`);
    })
    .join('\n');
}

/** A block of WGSL that can be scrolled with the keyboard. */
export const wgslBlock = (code: string): HTMLElement =>
  html('pre', { class: 'wgsl', tabindex: 0 }, html('code', {}, coloured(unfolded(code))));
