/** One number for a GPU: the geometric mean of published parts, each relative to a published baseline. */

import { isLessBetter, type Report, type Row } from './report';

/** A part of the score. */
export interface Part {
  /** The row's id. Of kernels, the fastest variant of the case counts: the id without the variant. */
  readonly id: string;
  readonly title: string;
  /** The value that counts as 100. */
  readonly baseline: number;
}

/**
 * The parts, with the values of the baseline: SwiftShader in Chromium 156 on two cores, from
 * bench/results/report-swiftshader-chrome.json. All of them are in the profile `quick`.
 */
export const PARTS: readonly Part[] = [
  { id: 'ceilings/f32', title: 'Multiply-add, f32', baseline: 14.81 },
  { id: 'ceilings/copy', title: 'Copy storage', baseline: 2.237 },
  { id: 'ceilings/dispatch', title: 'A dispatch', baseline: 22.71 },
  { id: 'ceilings/read-back', title: 'A read-back', baseline: 2.203 },
  { id: 'workloads/faces/4', title: 'Faces, 4 in a picture', baseline: 15.13 },
  { id: 'workloads/svm/1000', title: 'SVM, 1,000 vectors', baseline: 16440 },
  { id: 'workloads/VGG/8', title: 'VGG, batch 8', baseline: 63.47 },
  { id: 'workloads/MobileNet-like/8', title: 'MobileNet-like, batch 8', baseline: 114.6 },
];

/** A score. */
export interface Score {
  /** 100 times the geometric mean of the ratios; undefined if a part is missing or was wrong. */
  readonly value?: number;
  /** How many times as good as the baseline each part is; undefined where the report has no such row. */
  readonly parts: readonly (Part & { readonly ratio?: number })[];
}

/** Computes the score of a report: 100 x (product of the n ratios) ^ (1/n). */
export function scoreOf({ rows }: Pick<Report, 'rows'>): Score {
  const parts = PARTS.map((part) => {
    const row = rows.find(({ id }) => id === part.id);
    return { ...part, ratio: row && ratioOf(row, part.baseline) };
  });
  const ratios = parts.map(({ ratio }) => ratio);
  if (ratios.some((ratio) => ratio === undefined)) return { parts };
  const logarithms = ratios.map((ratio) => Math.log(ratio!));
  return { value: 100 * Math.exp(logarithms.reduce((a, b) => a + b) / logarithms.length), parts };
}

const ratioOf = ({ unit, value }: Row, baseline: number): number =>
  isLessBetter(unit) ? baseline / value : value / baseline;
