/** An experiment of the page: kernels, and a figure of what they produced. */

import type { Kernel } from '../../../shaders/plan/plan';
import type { Gpu } from '../../../src/gpu/gpu';
import { find, html } from '../../elements';
import { wgslBlock } from '../wgsl-view';

/** What a run produced. */
export interface Result {
  /** The figure's content. */
  readonly picture: readonly Element[];
  /** The text below it. */
  readonly caption: string;
}

/** An experiment. */
export interface Experiment {
  /** The id of its section in the page. */
  readonly id: string;
  /** The kernels that it runs. */
  readonly kernels: readonly Kernel[];
  /** Creates the controls above the figure; `changed` runs the experiment again. Default: no controls. */
  controls?(changed: () => void): readonly HTMLElement[];
  /** Runs the kernels. @throws Error if the GPU is lost */
  run(gpu: Gpu): Promise<Result>;
}

/** An experiment in the page. */
export interface Mounted {
  /** The title of its section. */
  readonly title: string;
  /**
   * Runs it and shows the result. If it fails, the figure says so.
   * @param lost rejects when the GPU is lost, so that nothing waits for ever
   * @throws Error if it fails
   */
  run(gpu: Gpu, lost: Promise<never>): Promise<void>;
}

/** Adds an experiment's code and controls to its section. @param start is called when the user wants it to run */
export function mount(experiment: Experiment, start: (mounted: Mounted) => void): Mounted {
  const section = find(experiment.id);
  const title = section.querySelector('h2')!.textContent!;
  const again = html('button', { type: 'button', class: 'button' }, 'Run again');
  const figure = html('figure', { class: 'result' }, html('figcaption', {}, 'Not run yet.'));
  const mounted: Mounted = {
    title,
    async run(gpu, lost) {
      figure.setAttribute('aria-busy', 'true');
      try {
        const { picture, caption } = await Promise.race([experiment.run(gpu), lost]);
        figure.replaceChildren(...picture, html('figcaption', {}, caption));
      } catch (error) {
        figure.replaceChildren(html('figcaption', { class: 'caution' }, `It failed: ${messageOf(error)}`));
        throw error;
      } finally {
        figure.setAttribute('aria-busy', 'false');
      }
    },
  };
  const changed = () => start(mounted);
  again.addEventListener('click', changed);
  const controls = experiment.controls?.(changed) ?? [];
  section
    .querySelector('.experiment')!
    .append(
      html('div', { class: 'side-result' }, html('div', { class: 'controls' }, ...controls, again), figure),
      html('div', { class: 'side-code' }, ...experiment.kernels.flatMap(codeOf)),
    );
  return mounted;
}

/** The name of a kernel's file, and all its text, with an empty line after each file. */
const codeOf = ({ files }: Kernel): HTMLElement[] => [
  html('h3', {}, html('code', {}, files[files.length - 1].name)),
  wgslBlock(files.map(({ code }) => code.trimEnd()).join('\n\n')),
];

/** The message of something that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
