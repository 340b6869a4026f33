/** The table of claims and measurements. The figures are those of weights/README.md and README.md. */

import { find, html } from '../../elements';
import { row } from './stages-svm';

const CLAIMS: readonly (readonly [claim: string, measured: string, open: string])[] = [
  [
    'A CNN is more accurate than an SVM without a CNN.',
    'Yes. FER2013’s labels: SVM alone, on oriented gradients, 49.5 % (95 % interval 47.9 – 51.2); CNN alone 71.6 % (70.1 – 73.0).',
    'Which features the paper’s SVM alone had. Ours are oriented gradients.',
  ],
  [
    'A CNN followed by an SVM is more accurate than the CNN alone.',
    'No, not with the shipped CNN. FER2013’s labels: 70.9 % with the SVM and 71.6 % without it. FER+’s majority: 83.3 % and 83.7 %. These differences may be due to chance. With an earlier CNN that was trained less well, the SVM added 1.5 points.',
    'Whether it is true for the paper’s own CNN.',
  ],
  [
    'Grey is the average (R + G + B) / 3.',
    'The recogniser does this (shaders/frame).',
    'Whether it is better than luminance: FER2013 contains only grey pictures.',
  ],
  [
    'The features of the CNN go into an SVM.',
    'It runs, from the camera to the label, on a GPU: 64 features, RBF, 534 support vectors. The SVM’s advantage is its confidence: its calibration error is 0.037, and the softmax’s 0.095 (FER+’s majority).',
    'Whether the paper’s CNN had the same layers: this project does not document them.',
  ],
  [
    'The paper’s own accuracies',
    'Not repeated here. Published for FER2013’s PrivateTest: people 65 ± 5 %, Tang’s CNN with a linear SVM 71.2 %, ResMaskingNet 74.1 %.',
    'This project contains no data, weights or code of the paper, so it can’t check its figures.',
  ],
];

/** Fills the table. */
export function showClaims(): void {
  find('claims-table').replaceChildren(
    html('thead', {}, row('th', ['the paper', 'what we measured', 'what we can’t check'])),
    html('tbody', {}, ...CLAIMS.map((cells) => row('td', cells))),
  );
}
