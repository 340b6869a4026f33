/** The technical terms of the course, from the tables in shaders/README.md. */

import readme from '../shaders/README.md?raw';

/** A term and its meaning in one line. */
export interface Term {
  readonly term: string;
  readonly meaning: string;
}

/** Reads the rows of a table whose head is `| term | meaning |`. */
function tableRows(text: string): Term[] {
  const rows: Term[] = [];
  let isInside = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('| term | meaning |')) isInside = true;
    else if (!line.startsWith('|')) isInside = false;
    else if (isInside && !line.startsWith('|---')) {
      const [, term, meaning] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
      rows.push({ term, meaning: meaning.replaceAll('`', '') });
    }
  }
  return rows;
}

/** All terms, in the order of the tables. */
export const TERMS: readonly Term[] = tableRows(readme);

/** The terms without the longer ones inside which they occur, so that `workgroup memory` is found before `workgroup`. */
const byLength = TERMS.toSorted((a, b) => b.term.length - a.term.length);

/** Matches any term, as a whole word, also in the plural. */
export const TERM_PATTERN = new RegExp(`\\b(${byLength.map(({ term }) => term).join('|')})(?:e?s)?\\b`, 'i');
