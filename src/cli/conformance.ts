import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, usageError } from './command';
import { type CaseResult, runCase } from './conformance-case';
import { reasonOf } from './files';
import { openGpu, progress } from './gpu';
import { alignedTable } from './table';

export const usage = 'mien conformance DIR [--of-largest SHARE] [--json]';
export const about =
  "Runs ONNX's backend tests: every DIR/*/model.onnx on its test_data_set_0, with the tolerance of ONNX's own runner.";
export const operands = [
  ['DIR', 'the folder that contains a folder for each case, such as onnx/backend/test/data/node'],
] as const;
export const options = {
  'of-largest': {
    type: 'string',
    value: 'SHARE',
    about:
      "allow each number to differ by SHARE of the output's largest one, such as 1e-4, instead of ONNX's own tolerance",
  },
  json: { type: 'boolean', about: 'print a JSON object instead of the tables' },
} as const;

/**
 * Runs all cases and prints what failed, why others were refused, and a table by operator. The exit code is 1 if a case
 * failed.
 * @throws UsageError if the arguments are wrong; Error if the folder contains no case, or if there is no GPU
 */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, { usage, options });
  if (positionals.length !== 1)
    throw usageError(`one folder is needed, ${positionals.length} are named`, usage);
  const [folder] = positionals;
  const share = shareOf(values['of-largest']);
  const names = await casesIn(folder);
  if (!names.length) throw new Error(`${folder}: contains no folder with a model.onnx`);
  const gpu = await openGpu();
  const results: CaseResult[] = [];
  for (const name of names) {
    results.push(await runCase(join(folder, name), name, gpu, share));
    progress('case', results.length, names.length);
  }
  gpu.destroy();
  const counts = countsOf(results);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ folder, adapter: gpu.adapter, ...counts, reasons: reasonsOf(results), cases: results })}\n`
      : asText(results),
  );
  if (counts.failed) process.exitCode = 1;
}

/** @throws UsageError if the text is no number above 0 */
function shareOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const share = Number(text);
  if (!(share > 0)) throw usageError(`--of-largest needs a number above 0, but has "${text}"`, usage);
  return share;
}

/** The folders that contain a model, sorted. @throws Error with the message `FOLDER: REASON` */
async function casesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch((error) => {
    throw new Error(`${folder}: ${reasonOf(error)}`);
  });
  const models = await Promise.all(
    entries.map((name) => stat(join(folder, name, 'model.onnx')).catch(() => undefined)),
  );
  return entries.filter((_, i) => models[i]?.isFile()).sort();
}

/** How many cases had each result. */
interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly refused: number;
}

function countsOf(results: readonly CaseResult[]): Counts {
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

/** The number of refused cases for each reason, in descending order, with the message of one of them. */
function reasonsOf(results: readonly CaseResult[]): { reason: string; cases: number; example: string }[] {
  const found = new Map<string, string[]>();
  for (const { result, name, reason = '' } of results) {
    if (result !== 'refused') continue;
    const key = REASONS.find(([, pattern]) => pattern.test(reason))?.[0] ?? OTHER;
    found.set(key, [...(found.get(key) ?? []), `${name}: ${reason}`]);
  }
  return [...found]
    .map(([reason, messages]) => ({ reason, cases: messages.length, example: messages[0] }))
    .sort((a, b) => b.cases - a.cases);
}

/** Returns the cases that failed, and the tables. */
function asText(results: readonly CaseResult[]): string {
  const { passed, failed, refused } = countsOf(results);
  const wrong = results.filter(({ result }) => result === 'failed');
  const reasons = reasonsOf(results);
  const lines = [
    ...wrong.map(({ name, reason, constantInputs }) => {
      const how = constantInputs ? ' (inputs but the first as constants)' : '';
      return `FAILED ${name}${how}: ${reason}`;
    }),
    ...(wrong.length ? [''] : []),
    ...(reasons.length ? [...alignedTable(['refused because of', 'cases'], reasonRows(reasons)), ''] : []),
    ...alignedTable(['operator', 'passed', 'failed', 'refused'], operatorRows(results)),
    '',
    `${passed} passed, ${failed} failed, ${refused} refused`,
  ];
  return `${lines.join('\n')}\n`;
}

const reasonRows = (reasons: ReturnType<typeof reasonsOf>): string[][] =>
  reasons.map(({ reason, cases, example }) => [reason, String(cases), example]);

/** For each operator, how many of the cases that contain it had each result. */
function operatorRows(results: readonly CaseResult[]): string[][] {
  const operators = [...new Set(results.flatMap((result) => result.operators))].sort();
  return operators.map((operator) => {
    const { passed, failed, refused } = countsOf(results.filter((each) => each.operators.includes(operator)));
    return [operator, ...[passed, failed, refused].map(String)];
  });
}
