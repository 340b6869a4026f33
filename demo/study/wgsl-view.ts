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

/** A block of WGSL that can be scrolled with the keyboard. */
export const wgslBlock = (code: string): HTMLElement =>
  html('pre', { class: 'wgsl', tabindex: 0 }, html('code', {}, coloured(code)));
