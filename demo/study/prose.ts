/** Short texts with code between backticks, as elements. */

import { html } from '../elements';

/** A paragraph. What is between backticks becomes code. */
export const paragraph = (text: string, kind?: string): HTMLElement =>
  html('p', { class: kind }, ...text.split('`').map((part, at) => (at % 2 ? html('code', {}, part) : part)));
