/** How often a classifier is right, from its scores and the truth. Pure: no device, no files. */

/** What can be said of one class, it against all others. A rate is null where nothing can be counted. */
export interface ClassFigures {
  readonly name: string;
  /** How many items are truly of it. */
  readonly support: number;
  /** Of those called so, the share that are. */
  readonly precision: number | null;
  /** Of those that are, the share called so. */
  readonly recall: number | null;
  /** 2 tp / (2 tp + fp + fn). */
  readonly f1: number | null;
  /** The area under the ROC curve: how often an item of the class scores higher than one that is not. */
  readonly auc: number | null;
  /** The corners of the ROC curve by falling threshold, [false positive rate, true positive rate]. */
  readonly roc: readonly (readonly [number, number])[];
}

/** The items whose highest score lies in one of equal intervals. */
export interface CalibrationBin {
  readonly count: number;
  /** The mean of the highest scores. */
  readonly confidence: number;
  /** How many were right. */
  readonly accuracy: number;
}

export interface Evaluation {
  readonly items: number;
  readonly accuracy: number;
  /** Wilson's interval of 95 % for the accuracy (Wilson, 1927): what chance alone could make of it. */
  readonly accuracyInterval: readonly [number, number];
  /** Means over the classes for which there is a figure, each class counting the same. */
  readonly macro: Readonly<Record<'precision' | 'recall' | 'f1' | 'auc', number | null>>;
  readonly classes: readonly ClassFigures[];
  /** A row for each true class, a column for each that it was called. */
  readonly confusion: readonly (readonly number[])[];
  /** Expected calibration error over `bins` (Guo et al., 2017): the mean of |confidence - accuracy|. */
  readonly calibrationError: number;
  readonly bins: readonly CalibrationBin[];
}

const BINS = 15;

/**
 * @param scores (N,K) row-major: a probability for each class; the highest is what an item is called, of equal ones
 *   the first
 * @param truth (N): for each item the number of its class
 * @param names (K)
 */
export function evaluate(
  scores: ArrayLike<number>,
  truth: readonly number[],
  names: readonly string[],
): Evaluation {
  const N = truth.length;
  const K = names.length;
  const confusion = names.map(() => new Array<number>(K).fill(0));
  const bins = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, accuracy: 0 }));
  for (let n = 0; n < N; n++) {
    let called = 0;
    for (let k = 1; k < K; k++) if (scores[n * K + k] > scores[n * K + called]) called = k;
    const highest = scores[n * K + called];
    confusion[truth[n]][called]++;
    const bin = bins[Math.min(Math.floor(highest * BINS), BINS - 1)];
    bin.count++;
    bin.confidence += highest;
    bin.accuracy += Number(called === truth[n]);
  }

  const classes = names.map((name, k): ClassFigures => {
    const right = confusion[k][k];
    const support = sum(confusion[k]);
    const called = sum(confusion.map((row) => row[k]));
    const { roc, auc } = rocOf(
      Array.from(truth, (_, n) => scores[n * K + k]),
      truth.map((t) => t === k),
    );
    return {
      ...{ name, support, auc, roc },
      precision: ratio(right, called),
      recall: ratio(right, support),
      f1: ratio(2 * right, called + support),
    };
  });
  const right = sum(names.map((_, k) => confusion[k][k]));
  return {
    items: N,
    accuracy: right / N,
    accuracyInterval: wilson(right, N),
    macro: {
      precision: mean(classes.map(({ precision }) => precision)),
      recall: mean(classes.map(({ recall }) => recall)),
      f1: mean(classes.map(({ f1 }) => f1)),
      auc: mean(classes.map(({ auc }) => auc)),
    },
    classes,
    confusion,
    calibrationError: sum(bins.map(({ confidence, accuracy }) => Math.abs(confidence - accuracy))) / N,
    bins: bins.map(({ count, confidence, accuracy }) => ({
      count,
      confidence: count && confidence / count,
      accuracy: count && accuracy / count,
    })),
  };
}

/** Equal scores make one step, so that the area is Mann and Whitney's U over its range (Fawcett, 2006). */
function rocOf(
  scores: readonly number[],
  positive: readonly boolean[],
): { roc: [number, number][]; auc: number | null } {
  const positives = positive.filter(Boolean).length;
  const negatives = positive.length - positives;
  if (!positives || !negatives) return { roc: [], auc: null };
  const order = scores.map((_, n) => n).sort((a, b) => scores[b] - scores[a]);
  const roc: [number, number][] = [[0, 0]];
  let [fp, tp, area] = [0, 0, 0];
  for (let at = 0; at < order.length; ) {
    const [fpBefore, tpBefore] = [fp, tp];
    const score = scores[order[at]];
    for (; at < order.length && scores[order[at]] === score; at++) {
      if (positive[order[at]]) tp++;
      else fp++;
    }
    area += ((fp - fpBefore) * (tp + tpBefore)) / 2;
    // A point between two others on one straight line is no corner.
    const [b, a] = [roc.at(-1), roc.at(-2)];
    if (a && b && (b[0] - a[0]) * (tp - b[1]) === (b[1] - a[1]) * (fp - b[0])) roc.pop();
    roc.push([fp, tp]);
  }
  return { roc: roc.map(([x, y]) => [x / negatives, y / positives]), auc: area / positives / negatives };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const ratio = (part: number, whole: number): number | null => (whole ? part / whole : null);

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length ? sum(known) / known.length : null;
}

function wilson(right: number, N: number): [number, number] {
  const z = 1.959964;
  const p = right / N;
  const middle = p + (z * z) / (2 * N);
  const reach = z * Math.sqrt((p * (1 - p)) / N + (z * z) / (4 * N * N));
  return [(middle - reach) / (1 + (z * z) / N), (middle + reach) / (1 + (z * z) / N)];
}
