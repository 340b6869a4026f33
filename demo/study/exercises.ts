/** The page of the exercises. The address's fragment says which one: #thread-index. */

import { check } from '../../study/check';
import { answerCode, type Exercise, exercises, gapCode, missing, planOf } from '../../study/exercises';
import { find, html } from '../elements';
import { paragraph } from './prose';
import { createSession } from './session';
import { explainTerms } from './terms';
import { wgslBlock } from './wgsl-view';
import { createWorkbench } from './workbench';

declare global {
  interface Window {
    /** For tests: what becomes of each exercise on this GPU. */
    mienExercises: {
      readonly ids: readonly string[];
      /** The verdict on an exercise's gap or on its answer; the reason if it can't run here. */
      verdict(id: string, isAnswered: boolean): Promise<string>;
    };
  }
}

const page = document.documentElement;
const session = createSession();

/** Where the browser keeps which exercises are done. */
const KEY = 'mien study done';

function doneBefore(): Set<string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return new Set(Array.isArray(kept) ? kept.map(String) : []);
  } catch {
    return new Set(); // no storage, or a text that is not ours
  }
}

const done = doneBefore();

function setDone(id: string): void {
  done.add(id);
  try {
    localStorage.setItem(KEY, JSON.stringify([...done]));
  } catch {
    // Without storage, progress lives as long as the page.
  }
}

const chosen = (): Exercise =>
  exercises.find(({ id }) => id === location.hash.slice(1)) ??
  exercises.find(({ id }) => !done.has(id)) ??
  exercises[0];

function showList(current: Exercise): void {
  const lines = exercises.map(({ id, title }) => {
    const isDone = done.has(id);
    const link = html('a', { href: `#${id}`, 'aria-current': id === current.id && 'true' }, title);
    const sign = html('span', { class: 'sign' }, isDone ? '✓' : '');
    return html(
      'li',
      { class: isDone && 'done' },
      link,
      sign,
      ...(isDone ? [html('span', { class: 'unseen' }, 'done')] : []),
    );
  });
  find('list').replaceChildren(...lines);
}

/** The link to the exercise after this one. */
function nextLink({ id }: Exercise): HTMLElement {
  const next = exercises[exercises.findIndex((each) => each.id === id) + 1];
  return next
    ? html('p', {}, html('a', { href: `#${next.id}` }, `Next: ${next.title}`))
    : html(
        'p',
        {},
        'This was the last exercise. ',
        html('a', { href: './index.html' }, 'The kernels'),
        ' show how they go on.',
      );
}

let visits = 0;

async function show(): Promise<void> {
  const visit = ++visits;
  const exercise = chosen();
  showList(exercise);
  page.dataset.state = 'working';
  document.title = `${exercise.title}: Mien`;
  const { plan, built } = planOf(exercise);
  const code = gapCode(exercise);
  const settings = [{ name: exercise.case, built, plan }];
  const after = html('div', {});
  const workbench = await createWorkbench({
    ...{ session, file: exercise.file, original: answerCode(exercise), code, settings },
    key: `mien study exercise ${exercise.id}`,
    missing: (text) => missing(exercise, text),
    at: 'Write here',
    onVerdict({ kind }) {
      if (kind !== 'right') return;
      setDone(exercise.id);
      showList(exercise);
      after.replaceChildren(nextLink(exercise));
    },
  });
  if (visit !== visits) return;
  const folded = (title: string, ...content: readonly HTMLElement[]) =>
    html('details', {}, html('summary', {}, title), ...content);
  const kernelPage = `./kernel.html#${exercise.kernel}/${exercise.file.replace('.wgsl', '')}`;
  const number = exercises.indexOf(exercise) + 1;
  find('exercise').replaceChildren(
    html('h2', {}, `${number}. ${exercise.title}`),
    paragraph(exercise.idea),
    paragraph(exercise.task, 'task'),
    workbench.element,
    after,
    folded('Hint', paragraph(exercise.hint)),
    folded(
      'Answer: what the engine does',
      wgslBlock(exercise.gap.lines),
      html('p', {}, html('a', { href: kernelPage }, 'The whole kernel'), ', with a diagram of what it does.'),
    ),
  );
  explainTerms(find('exercise'));
  page.dataset.state = 'ready';
}

function fail(error: unknown): void {
  page.dataset.state = 'error';
  find('status').textContent = error instanceof Error ? error.message : String(error);
}

window.mienExercises = {
  ids: exercises.map(({ id }) => id),
  async verdict(id, isAnswered) {
    const exercise = exercises.find((each) => each.id === id) as Exercise;
    const settings = [{ name: exercise.case, ...planOf(exercise) }];
    const code = isAnswered ? answerCode(exercise) : gapCode(exercise);
    const run = session.use((gpu) => check(gpu, settings, exercise.file, code));
    return run.then(
      (verdict) => (verdict.kind === 'right' && missing(exercise, code) ? 'incomplete' : verdict.kind),
      (error: Error) => error.message,
    );
  },
};

addEventListener('hashchange', () => show().catch(fail));
show().catch(fail);
