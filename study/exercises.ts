/** The exercises of the course: kernels of the engine, each with a gap that the reader fills. */

import { allCases } from '../shaders/cases/all-cases';
import type { BuiltCase } from '../shaders/cases/case';
import type { Plan } from '../shaders/plan/plan';
import type { Exercise } from './exercises/exercise';
import { indices } from './exercises/indices';
import { sums } from './exercises/sums';
import { tiles } from './exercises/tiles';

export type { Exercise, Gap, Needs } from './exercises/exercise';

/** All exercises, the easiest first. */
export const exercises: readonly Exercise[] = [...indices, ...sums, ...tiles];

/** What runs the code of an exercise, and what it must compute. */
export interface ExercisePlan {
  /** The engine's own plan, without a gap. */
  readonly plan: Plan;
  /** The case: its inputs, the expected result and the tolerance. */
  readonly built: BuiltCase;
}

/**
 * The plan and the case of an exercise.
 * @throws Error if there is no such kernel, case or variant
 */
export const planOf = (exercise: Exercise): ExercisePlan => build(exercise, true);

/** @param reference whether to compute the expected result */
function build({ id, kernel, case: name, variant }: Exercise, reference: boolean): ExercisePlan {
  const cases = allCases.find((each) => each.kernel === kernel)?.cases;
  const built = cases?.find((each) => each.name === name)?.build(reference);
  const plan = built?.candidates.ranked.find((each) => each.variant === variant);
  if (!built || !plan)
    throw new Error(`exercise "${id}": kernel ${kernel} has no case "${name}" with variant "${variant}"`);
  return { plan, built };
}

/**
 * The text of the exercise's file as it is in the engine, which is the answer.
 * @throws Error if the plan has no such file
 */
export function answerCode(exercise: Exercise): string {
  const { plan } = build(exercise, false);
  const files = plan.passes.flatMap((pass) => pass.kernel.files);
  const found = files.find(({ name }) => name === exercise.file);
  if (!found) throw new Error(`exercise "${exercise.id}": the plan has no file ${exercise.file}`);
  return found.code;
}

/**
 * The text of the exercise's file with the gap.
 * @throws Error if the lines of the gap are not in the file, or are there more than once
 */
export function gapCode(exercise: Exercise): string {
  const { lines, instead } = exercise.gap;
  const parts = `\n${answerCode(exercise)}\n`.split(`\n${lines}\n`);
  if (parts.length !== 2)
    throw new Error(
      `exercise "${exercise.id}": ${exercise.file} has the lines of the gap ${parts.length - 1} times, not once`,
    );
  return parts.join(`\n${instead}\n`).slice(1, -1);
}

/**
 * The same plan with another text of one file, in all kernels that contain it. Each of their names gets a hash of the
 * text, because `gpu.pipeline` keeps pipelines by the names of their kernels.
 * @throws Error if the plan has no such file
 */
export function withCode(plan: Plan, file: string, code: string): Plan {
  const has = (pass: Plan['passes'][number]) => pass.kernel.files.some(({ name }) => name === file);
  if (!plan.passes.some(has)) throw new Error(`plan "${plan.variant}" has no file ${file}`);
  const hash = hashOf(code);
  const passes = plan.passes.map((pass) => {
    if (!has(pass)) return pass;
    const files = pass.kernel.files.map((each) => (each.name === file ? { name: file, code } : each));
    return { ...pass, kernel: { name: `${pass.kernel.name}, ${file} ${hash}`, files } };
  });
  return { ...plan, passes };
}

/** A hash of 64 bits, in hexadecimal: FNV-1a over the characters of the text, once from each end. */
function hashOf(text: string): string {
  const characters = Array.from(text, (character) => character.codePointAt(0)!);
  const halves = [characters, characters.toReversed()].map((each) =>
    each.reduce((hash, character) => Math.imul(hash ^ character, 0x01000193), 0x811c9dc5),
  );
  return halves.map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

/**
 * What the reader's code must contain but does not, as sentences for the reader; undefined if nothing is missing. The
 * code must contain the word at least as often as the engine's own file. Comments are not counted.
 */
export function missing(exercise: Exercise, code: string): string | undefined {
  if (!exercise.needs) return undefined;
  const { word, why } = exercise.needs;
  const [found, needed] = [code, answerCode(exercise)].map((text) => countOf(word, text));
  if (found >= needed) return undefined;
  const times = (count: number) => (count === 1 ? 'once' : `${count} times`);
  const contains = found ? `contains it ${times(found)}` : 'does not contain it';
  return `The code must contain ${word} at least ${times(needed)}, but it ${contains}. ${why}`;
}

const countOf = (word: string, code: string): number =>
  code.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, ' ').split(new RegExp(`\\b${word}\\b`)).length - 1;
