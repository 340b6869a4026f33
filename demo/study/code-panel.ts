/** A kernel's WGSL, and the editor that takes its place. */

import { packed, unpacked } from '../../bench/suite/packed';
import { codeOf, settingOf, settingsOf } from '../../study/check';
import { timedSetting } from '../../study/compare-speed';
import type { Rung } from '../../study/ladder';
import { html } from '../elements';
import { passOf, wgslOf, withoutHeader } from './rung-view';
import type { Session } from './session';
import { createWorkbench } from './workbench';

/** Maximum number of bytes of a kernel in a link. */
const MOST_BYTES = 100_000;

/** The link to a version of a variant. */
export const linkOf = async ({ kernel, name }: Rung, variant: string, code: string): Promise<string> =>
  `${location.href.split('#')[0]}#${kernel}/${name}/${encodeURIComponent(variant)}?wgsl=${await packed(code)}`;

/** The kernel's text, with a button that replaces it by the editor. */
export function codePanel(
  session: Session,
  rung: Rung,
  variant: string,
  version: string | undefined,
  fail: (error: unknown) => void,
): HTMLElement {
  const [of] = rung.variants.get(variant) ?? [];
  const { plan } = settingOf(of, variant);
  const original = codeOf(plan, rung.file);
  const change = html(
    'button',
    { class: 'button primary', type: 'button', id: 'change' },
    'Change it and run it',
  );
  const place = html('div', {}, ...withoutHeader(original));
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
      fail(error);
    }
  };
  change.addEventListener('click', () => void open());
  if (version) {
    const damaged = () => fail(new Error('The link is damaged: the kernel in it can’t be read.'));
    unpacked(version, MOST_BYTES).then(open, damaged);
  }
  panel.append(html('div', { class: 'controls' }, change));
  return panel;
}
