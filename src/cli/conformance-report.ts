/** What a conformance run found, in words: counts, the reasons of refusals, a table by operator; as text or Markdown. */

import type { CaseResult } from './conformance-case';
import { alignedTable } from './table';

/** How many cases had each result. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly refused: number;
}

/** Counts the results. */
export function countsOf(results: readonly CaseResult[]): Counts {
  const count = (wanted: CaseResult['result']) => results.filter(({ result }) => result === wanted).length;
  return { passed: count('passed'), failed: count('failed'), refused: count('refused') };
}

/** The reasons of refusals, and the messages that belong to each. A message belongs to the first that fits. */
const REASONS: readonly (readonly [reason: string, pattern: RegExp])[] = [
  ['sequences, maps or optionals', /\b(Sequence\w*|\w*Sequence|Optional\w*|ZipMap|data type 0)\b/],
  ['strings', /\b(strings?|String\w*|RegexFullMatch|TfIdfVectorizer|data type 8)\b/],
  ['control flow', /unsupported operators:.* ?\b(If|Loop|Scan) "/],
  ['training or random numbers', /training|\b(Random\w+|Bernoulli|Multinomial) "/],
  ['operator not supported', /unsupported operators|there is no kernel/],
  ['not exact in f32', /not exact/],
  ['element type', /data type|values of type|class labels/],
  ['constant input needed', /constant/],
  ['empty tensor or a single number', /tensors of 1 to|needs 0 numbers|\(0[,)]|,0[,)]/],
];
const OTHER = 'a shape, an attribute or an opset';

const reasonOf = ({ reason = '' }: CaseResult): string =>
  REASONS.find(([, pattern]) => pattern.test(reason))?.[0] ?? OTHER;

/** The number of refused cases for each reason, in descending order, with the message of one of them. */
export function reasonsOf(
  results: readonly CaseResult[],
): { reason: string; cases: number; example: string }[] {
  const found = new Map<string, string[]>();
  for (const each of results) {
    if (each.result !== 'refused') continue;
    const key = reasonOf(each);
    found.set(key, [...(found.get(key) ?? []), `${each.name}: ${each.reason}`]);
  }
  return [...found]
    .map(([reason, messages]) => ({ reason, cases: messages.length, example: messages[0] }))
    .sort((a, b) => b.cases - a.cases);
}

/** The operators of all models, sorted, each with the cases that contain it. */
const byOperator = (results: readonly CaseResult[]): (readonly [name: string, cases: CaseResult[]])[] =>
  [...new Set(results.flatMap((result) => result.operators))]
    .sort()
    .map((operator) => [operator, results.filter((each) => each.operators.includes(operator))] as const);

/** Returns the cases that failed, and the tables. The last line is `N passed, N failed, N refused`. */
export function asText(results: readonly CaseResult[]): string {
  const { passed, failed, refused } = countsOf(results);
  const wrong = results.filter(({ result }) => result === 'failed');
  const reasons = reasonsOf(results).map(({ reason, cases, example }) => [reason, String(cases), example]);
  const rows = byOperator(results).map(([operator, cases]) => {
    const counts = countsOf(cases);
    return [operator, ...[counts.passed, counts.failed, counts.refused].map(String)];
  });
  const lines = [
    ...wrong.map(({ name, reason, constantInputs }) => {
      const how = constantInputs ? ' (inputs but the first as constants)' : '';
      return `FAILED ${name}${how}: ${reason}`;
    }),
    ...(wrong.length ? [''] : []),
    ...(reasons.length ? [...alignedTable(['refused because of', 'cases'], reasons), ''] : []),
    ...alignedTable(['operator', 'passed', 'failed', 'refused'], rows),
    '',
    `${passed} passed, ${failed} failed, ${refused} refused`,
  ];
  return `${lines.join('\n')}\n`;
}

const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

/**
 * Returns a page with the operators of all cases, and why cases were refused.
 * @param isKnown whether the engine implements an operator; the page lists the others without figures
 */
export function asMarkdown(
  results: readonly CaseResult[],
  adapter: string,
  isKnown: (operator: string) => boolean,
): string {
  const { passed, failed, refused } = countsOf(results);
  const operators = byOperator(results);
  const rows = operators.flatMap(([operator, cases]) => {
    const counts = countsOf(cases);
    if (!isKnown(operator)) return [];
    const reasons = reasonsOf(cases).map((each) => `${each.cases} ${each.reason}`);
    return [[operator, String(counts.passed), String(counts.failed), reasons.join('; ')]];
  });
  const others = operators.flatMap(([operator]) => (isKnown(operator) ? [] : [operator]));
  return `${[
    '# Operators',
    '',
    'ONNX publishes a test for every form of every operator. This page is what `mien conformance` found in them; the',
    "README's table says in words what is supported. To make it again, generate the tests with PyPI's `onnx` and run:",
    '',
    '```bash',
    'mien conformance DIR --markdown > docs/operators.md',
    '```',
    '',
    `On ${adapter}: ${passed} passed, ${failed} failed, ${refused} refused. A refused case ends with an error that names what is missing.`,
    '',
    ...markdownTable(
      ['refused because of', 'cases'],
      reasonsOf(results).map(({ reason, cases }) => [reason, String(cases)]),
    ),
    '',
    '## Supported operators',
    '',
    'A case counts for each operator in its model. Many models contain several, so an operator can have refused cases',
    'because of another one.',
    '',
    ...markdownTable(['operator', 'passed', 'failed', 'refused because of'], rows),
    '',
    '## Operators that are not supported',
    '',
    `${others.join(', ')}.`,
  ].join('\n')}\n`;
}
