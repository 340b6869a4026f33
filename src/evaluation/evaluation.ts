/** Computes how often a classifier is right, from its scores and the true classes. Needs neither a GPU nor files. */

/** The figures of one class against all others. A figure is null where its denominator is 0. */
export interface ClassFigures {
  /** The name of the class. */
  readonly name: string;
  /** How many items have this true class. */
  readonly support: number;
  /** tp / (tp + fp): of the items predicted as this class, the share that has it. */
  readonly precision: number | null;
  /** tp / (tp + fn): of the items that have this class, the share that is predicted so. */
  readonly recall: number | null;
  /** 2 tp / (2 tp + fp + fn). */
  readonly f1: number | null;
  /** The area under the ROC curve: how often an item of the class scores higher than an item of another class. */
  readonly auc: number | null;
  /**
   * The corners of the ROC curve, by falling threshold: [false positive rate, true positive rate]. Empty if `auc` is
   * null.
   */
  readonly roc: readonly (readonly [number, number])[];
}

/** The items whose highest score is in one of 15 equal intervals from 0 to 1. */
export interface CalibrationBin {
  /** How many items there are. */
  readonly count: number;
  /** The mean of the highest scores; 0 if there are no items. */
  readonly confidence: number;
  /** The share of the items that was predicted correctly; 0 if there are no items. */
  readonly accuracy: number;
}

/** The figures of a classifier. */
export interface Evaluation {
  /** N: how many items there are. */
  readonly items: number;
  /** The share of the items that was predicted correctly. */
  readonly accuracy: number;
  /** The 95 % confidence interval of the accuracy: Wilson's score interval (Wilson, 1927). */
  readonly accuracyInterval: readonly [number, number];
  /** Unweighted means over the classes whose figure is not null. */
  readonly macro: Readonly<Record<'precision' | 'recall' | 'f1' | 'auc', number | null>>;
  /** (K): the figures of each class. */
  readonly classes: readonly ClassFigures[];
  /** (K,K): how many items, with a row for each true class and a column for each predicted class. */
  readonly confusion: readonly (readonly number[])[];
  /**
   * Expected calibration error (Guo et al., 2017): the mean over `bins` of |confidence - accuracy|, weighted by the
   * bins' counts.
   */
  readonly calibrationError: number;
  /** The bins of the calibration, by ascending score. */
  readonly bins: readonly CalibrationBin[];
}

const BINS = 15;

/**
 * Evaluates a classifier.
 * @param scores (N,K), row-major: a probability for each class; the predicted class is the one with the highest score,
 *   and the first of equal ones
 * @param truth (N): the number of each item's true class, from 0
 * @param names (K): the names of the classes
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

/**
 * The ROC curve of one class. Equal scores are one step of the curve, so that the area is Mann and Whitney's U divided
 * by its maximum (Fawcett, 2006).
 */
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
    // A point on the straight line between its neighbours is not a corner.
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
