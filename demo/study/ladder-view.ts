/** The ladder: a line for each kernel of a folder, with a bar for its speed under the ceiling. */

import { aboutOf } from '../../study/header';
import { type Ladder, type Rung, variantsIn } from '../../study/ladder';
import type { Speed } from '../../study/speed';
import { html } from '../elements';

/** The ladder of the page. */
export interface LadderView {
  readonly element: HTMLElement;
  /** Marks the kernel that is shown below. */
  choose(rung: Rung): void;
  /** Shows the speeds of variants on a layer; empty: none are known. */
  show(speeds: ReadonlyMap<string, Speed>, layer: string): void;
}

const rounded = (value: number): string => String(Number(value.toPrecision(3)));

/** A speed in words, such as `2.4 GFLOP/s, 15 % of the ceiling`. */
export const speedText = ({ value, unit, share, limit, why }: Speed): string =>
  value === undefined
    ? `not measured: ${why}`
    : `${rounded(value)} ${unit}${share === undefined ? '' : `, ${rounded(100 * share)} % of the ceiling (${limit})`}`;

/** A bar as long as the share of the ceiling, and a mark at the ceiling. `most` is the share at the right end. */
export function bar({ share = 0 }: Speed, most: number): HTMLElement {
  const fill = html('span', { class: 'fill' });
  fill.style.width = `${(100 * share) / most}%`;
  const ceiling = html('span', { class: 'ceiling' });
  ceiling.style.left = `${100 / most}%`;
  return html('span', { class: 'bar', 'aria-hidden': true }, fill, ceiling);
}

/** The share at the right end of all bars: the ceiling, or more if a kernel exceeds it. */
export const mostOf = (speeds: Iterable<Speed>): number =>
  [...speeds].reduce((most, { share = 0 }) => Math.max(most, share), 1.02);

/** Creates the ladder of a folder. */
export function createLadderView({ kernel, rungs }: Ladder): LadderView {
  const lines = rungs.map((rung) => {
    const speed = html('span', { class: 'speed' });
    const link = html(
      'a',
      { href: `#${kernel}/${rung.name}` },
      html('code', {}, rung.name),
      html('span', {}, aboutOf(rung.header)),
    );
    return { rung, speed, line: html('li', {}, link, speed) };
  });
  return {
    element: html('ol', { class: 'ladder' }, ...lines.map(({ line }) => line)),
    choose(chosen) {
      for (const { rung, line } of lines) {
        if (rung === chosen) line.setAttribute('aria-current', 'true');
        else line.removeAttribute('aria-current');
      }
    },
    show(speeds, layer) {
      const most = mostOf(speeds.values());
      for (const { rung, speed } of lines) {
        const own = variantsIn(rung, layer).flatMap((variant) => speeds.get(variant) ?? []);
        const best = own.toSorted((a, b) => (b.value ?? -1) - (a.value ?? -1))[0];
        const isPart = rung.passes > 1 ? ', with the other passes of its plan' : '';
        const said = speeds.size ? 'not timed on this layer' : '';
        const text = html('span', {}, best ? `${speedText(best)}${best.why ? '' : isPart}` : said);
        speed.replaceChildren(...(best?.value === undefined ? [text] : [bar(best, most), text]));
      }
    },
  };
}
