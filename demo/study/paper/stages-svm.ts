/** The SVM: what speaks for the label, what each pair of classes decides, and what different models say. */

import { find, html } from '../../elements';
import { barList, barsOf, figure, kernelsOf, percent, short } from './charts';
import { pairsAmong, type Share } from './decision';
import type { Scores, Walk } from './lab';
import { fillStage } from './stages-face';

/** How many support vectors the chart shows for the label, and as many against it. */
const SHOWN = 8;

/** Shows the whole decision. */
export function showSvm(walk: Walk): void {
  const { decision, svm, tensors, ran } = walk;
  const { counts, gamma } = svm;
  const S = decision.kernels.length;
  find('svm-facts').textContent =
    `This SVM has ${S} support vectors (${counts.map((n, c) => `${n} ${decision.labels[c]}`).join(', ')}) and γ ${short(gamma)}.`;
  const scaler = ran.get('scaled');
  fillStage(
    'svm',
    figure(
      'The features, scaled: this is what the SVM gets.',
      barsOf(tensors.scaled.data, 'Scaled features'),
    ),
    ...sharesSection(walk),
    ...pairsSection(walk),
    ...classesSection(walk),
    kernelsOf(scaler && { ...scaler, what: 'the scaler' }, ...decision.ran),
    ...modelsSection(walk),
  );
}

const title = (text: string) => html('h3', {}, text);

function sharesSection({ shares, face, decision, svm }: Walk): Node[] {
  const sorted = shares.toSorted((a, b) => b.value - a.value);
  const largest = [...sorted.slice(0, SHOWN), ...sorted.slice(-SHOWN)];
  const sum = (of: readonly Share[]) => of.reduce((total, { value }) => total + value, 0);
  const label = decision.labels.indexOf(face.label);
  const rhos = pairsAmong(decision.labels).reduce(
    (total, [i, j], p) => total + (i === label ? -svm.rho[p] : j === label ? svm.rho[p] : 0),
    0,
  );
  const own = shares.filter((each) => each.label === face.label);
  const others = shares.filter((each) => each.label !== face.label);
  return [
    title(`Which support vectors speak for ${face.label}`),
    html(
      'p',
      {},
      `Each bar is coefficient · kernel value of a support vector, added up over the six pairs with ${face.label}. A bar to the right ` +
        `speaks for ${face.label}, a bar to the left against it.`,
    ),
    figure(
      `The ${SHOWN} of ${shares.length} that speak most for ${face.label}, and the ${SHOWN} that speak most against it. The number after # is the position of the vector in the file, and k its kernel value.`,
      barList(
        largest.map(({ at, label, kernel, value }) => ({
          ...{ name: `${label} #${at}, k ${kernel.toFixed(2)}`, value, text: signedText(value) },
          isMarked: label === face.label,
        })),
        'shares',
      ),
    ),
    html(
      'p',
      { 'data-testid': 'share-sums' },
      `All ${own.length} vectors of ${face.label} add ${signedText(sum(own))}, the ${others.length} others ${signedText(sum(others))}, and rho ` +
        `${signedText(rhos)}. Together this is ${signedText(sum(shares) + rhos)}: the sum of the six decision values, seen from ${face.label}.`,
    ),
  ];
}

const signedText = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

function pairsSection({ decision }: Walk): Node[] {
  const most = Math.max(...decision.pairs.map(({ value }) => Math.abs(value)));
  const rows = decision.pairs.map(({ first, second, value }) => {
    const bar = html('i', { class: value > 0 ? 'negative first' : 'positive second' }); // to the side of the winner
    bar.style.width = `${(50 * Math.abs(value)) / most}%`;
    return html(
      'li',
      { 'data-value': value },
      html('span', { class: value > 0 ? 'pair-name won' : 'pair-name' }, first),
      html('span', { class: 'bar-track', 'aria-hidden': 'true' }, bar),
      html('span', { class: value > 0 ? 'pair-name' : 'pair-name won' }, second),
      html('span', { class: 'bar-value' }, signedText(value)),
    );
  });
  return [
    title('The decision of each pair'),
    figure(
      'The bar points to the class that gets the vote. Above 0 it is the class on the left. A long bar is a clear decision.',
      html('ul', { class: 'pair-list', 'data-testid': 'pairs' }, ...rows),
    ),
  ];
}

function classesSection({ decision, face, voted }: Walk): Node[] {
  const { labels, votes, probabilities } = decision;
  const isSame = voted === face.label;
  return [
    title('Votes and probabilities'),
    html(
      'div',
      { class: 'beside', style: '--least: 15rem' },
      figure(
        `Votes: a class takes part in six pairs. Most votes: ${voted}.`,
        barList(
          labels.map((name, c) => ({
            name,
            value: votes[c],
            text: String(votes[c]),
            isMarked: name === voted,
          })),
          'votes',
          6,
        ),
      ),
      figure(
        `Probabilities. The most probable class is the label: ${face.label}.`,
        barList(
          labels.map((name, c) => ({
            ...{ name, value: probabilities[c], text: percent(probabilities[c]) },
            isMarked: name === face.label,
          })),
          'probabilities',
          1,
        ),
      ),
    ),
    html(
      'p',
      {},
      `The label of this face is `,
      html('strong', { 'data-testid': 'label' }, face.label),
      isSame
        ? ', by the votes and by the probabilities.'
        : `, by the probabilities. By the votes it is ${voted}; the two may differ.`,
    ),
  ];
}

function modelsSection({ face, fer2013 }: Walk): Node[] {
  const best = (scores: Scores) => {
    const [label, score] = Object.entries(scores).reduce((a, b) => (b[1] > a[1] ? b : a));
    return `${label}, ${percent(score)}`;
  };
  const rows = [
    ['CNN + SVM, trained to say what ten people said (FER+)', best(face.scores), '83.3 %, FER+’s majority'],
    ['CNN + SVM, trained on FER2013’s labels', best(fer2013), '70.9 %, FER2013’s labels'],
    [
      'CNN alone, with softmax',
      'its last layer is not shipped',
      '83.7 %, FER+’s majority; 71.6 %, FER2013’s labels',
    ],
    ['SVM alone, on oriented gradients', 'not shipped', '49.5 %, FER2013’s labels'],
  ];
  return [
    title('What each model says about this face'),
    html(
      'p',
      {},
      'Both SVMs read the same 64 features. The accuracies are from weights/README.md. Models that are not shipped can’t be run here.',
    ),
    html(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'What each model says' },
      html(
        'table',
        { 'data-testid': 'models' },
        html('thead', {}, row('th', ['model', 'this face', 'accuracy on PrivateTest'])),
        html('tbody', {}, ...rows.map((cells) => row('td', cells))),
      ),
    ),
  ];
}

/** A row of a table. */
export const row = (cell: 'td' | 'th', cells: readonly string[]): HTMLTableRowElement =>
  html('tr', {}, ...cells.map((text) => html(cell, {}, text)));
