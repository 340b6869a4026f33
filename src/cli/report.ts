/** The report of `mien evaluate --report`: one HTML page that contains its styles and drawings, without scripts. */

import type { CalibrationBin, ClassFigures, Evaluation } from '../evaluation/evaluation';
import style from './report.css?raw';

/** An evaluation with the model and the GPU that were used. */
export interface Evaluated extends Evaluation {
  /** File name of the model. */
  readonly model: string;
  /** Whether the scores of each picture are the mean of its own scores and those of its mirror image. */
  readonly mirror: boolean;
  /** Name of the GPU. */
  readonly adapter: string;
}

const rate = (value: number | null): string => value?.toFixed(3) ?? '–';
const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;
const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);

/** Returns an evaluation as an HTML page. */
export function reportPage(evaluated: Evaluated): string {
  const { model, items, mirror, adapter, classes, macro, accuracy, calibrationError } = evaluated;
  const [low, high] = evaluated.accuracyInterval.map((share) => percent(share));
  const figures: [name: string, value: string, note: string][] = [
    ['Accuracy', percent(accuracy), `95 % interval ${low} to ${high}`],
    ['F1', rate(macro.f1), 'mean of the classes'],
    ['Precision', rate(macro.precision), 'mean of the classes'],
    ['Recall', rate(macro.recall), 'mean of the classes'],
    ['AUC', rate(macro.auc), 'mean of the classes, each against all others'],
    ['Calibration error', rate(calibrationError), 'expected, over 15 intervals of confidence'],
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(model)}: ${percent(accuracy)} of ${items}</title>
<style>
${style}</style>
<h1>${escaped(model)}</h1>
<p>${items} pictures${mirror ? ', each scored with its mirror image' : ''}; computed by Mien on ${escaped(adapter)}</p>
<dl>
${figures.map(([name, value, note]) => `<div><dt>${name}</dt><dd>${value}</dd><small>${note}</small></div>`).join('\n')}
</dl>
<h2>Confusion</h2>
<p>A row is what was shown, a column what it was called; below each count its share of the row.</p>
<div class="scroll">${confusionTable(evaluated)}</div>
<h2>Classes</h2>
<div class="scroll">${classTable(classes)}</div>
<h2>ROC</h2>
<p>Each class against all others: of those that are not of the class, the share that a threshold lets through (across),
and of those that are (up).</p>
<div class="curves">
${classes.map(rocFigure).join('\n')}
</div>
<h2>Calibration</h2>
<p>How often the label was right (bars), where its score lay in an interval; on the dashed line a score means what it
says.</p>
<div class="curves">${calibrationFigure(evaluated.bins)}</div>
</html>
`;
}

function confusionTable({ classes, confusion }: Evaluated): string {
  const rows = confusion.map((row, k) => {
    const cells = row.map((count) => {
      const share = classes[k].support ? count / classes[k].support : 0;
      const full = share > 0.6 ? ' class="full"' : '';
      return `<td${full} style="--share:${share.toFixed(3)}">${count}<small>${percent(share, 0)}</small></td>`;
    });
    return `<tr><th scope="row">${escaped(classes[k].name)}</th>${cells.join('')}</tr>`;
  });
  const head = classes.map(({ name }) => `<th scope="col">${escaped(name)}</th>`).join('');
  return `<table class="heat"><thead><tr><td></td>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function classTable(classes: readonly ClassFigures[]): string {
  const rows = classes.map(
    ({ name, support, precision, recall, f1, auc }) =>
      `<tr><th scope="row">${escaped(name)}</th><td>${support}</td>${[precision, recall, f1, auc]
        .map((value) => `<td>${rate(value)}</td>`)
        .join('')}</tr>`,
  );
  const head = ['pictures', 'precision', 'recall', 'F1', 'AUC'].map((name) => `<th scope="col">${name}</th>`);
  return `<table><thead><tr><td></td>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

/** A square plot with a diagonal. In `body`, x is 0..100 from the left, and y is 0..100 from the top. */
const plot = (title: string, body: string): string =>
  `<svg viewBox="0 0 100 100" role="img" aria-label="${escaped(title)}">
<rect class="frame" width="100" height="100"/>${body}<line class="chance" x1="0" y1="100" x2="100" y2="0"/></svg>`;

function rocFigure({ name, auc, roc }: ClassFigures): string {
  const points = roc.map(([x, y]) => `${(100 * x).toFixed(2)},${(100 - 100 * y).toFixed(2)}`).join(' ');
  const title = `${name}: AUC ${rate(auc)}`;
  const curve = roc.length
    ? `<polygon class="area" points="${points} 100,100"/><polyline class="curve" points="${points}"/>`
    : '';
  return `<figure>${plot(title, curve)}<figcaption>${escaped(title)}</figcaption></figure>`;
}

function calibrationFigure(bins: readonly CalibrationBin[]): string {
  const width = 100 / bins.length;
  const bars = bins.map(
    ({ count, accuracy, confidence }, i) =>
      `<rect class="bar" x="${(i * width + 0.5).toFixed(2)}" y="${(100 - 100 * accuracy).toFixed(2)}" width="${(width - 1).toFixed(2)}" height="${(100 * accuracy).toFixed(2)}"><title>${count} pictures, score ${percent(confidence)} on average, right in ${percent(accuracy)}</title></rect>`,
  );
  return `<figure>${plot('Calibration', bars.join(''))}<figcaption>score across, share right up</figcaption></figure>`;
}
