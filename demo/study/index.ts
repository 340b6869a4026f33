/** The first page of the course: a list of all kernels. */

import { exercises } from '../../study/exercises';
import { aboutOf } from '../../study/header';
import { headersOf, KERNEL_NAMES } from '../../study/ladder';
import { find, html } from '../elements';
import { explainTerms } from './terms';

find('exercises').textContent =
  `${exercises.length} small gaps in real kernels, from the first index to the votes of an SVM.`;

find('kernels').replaceChildren(
  ...KERNEL_NAMES.map((kernel) => {
    const headers = headersOf(kernel);
    const rungs = headers.length > 1 ? `${headers.length} kernels` : 'one kernel';
    return html(
      'li',
      {},
      html('a', { href: `./kernel.html#${kernel}` }, html('code', {}, kernel)),
      html('span', {}, aboutOf(headers[0])),
      html('span', { class: 'hint' }, rungs),
    );
  }),
);
explainTerms(find('exercises').closest('main') as HTMLElement);
