import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { operators as further } from '../graph/further';
import { operators } from '../graph/operators';
import { expansions } from '../graph/passes/expand';
import { folds } from '../graph/passes/fold';
import { parse, usageError } from './command';
import { type CaseResult, runCase } from './conformance-case';
import { asMarkdown, asText, countsOf, reasonsOf } from './conformance-report';
import { reasonOf } from './files';
import { openGpu, progress } from './gpu';

export const usage = 'mien conformance DIR [--of-largest SHARE] [--json] [--markdown]';
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
  markdown: { type: 'boolean', about: 'print a page of Markdown instead of the tables' },
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
  const text = values.json
    ? `${JSON.stringify({ folder, adapter: gpu.adapter, ...counts, reasons: reasonsOf(results), cases: results })}\n`
    : values.markdown
      ? asMarkdown(results, gpu.adapter, isSupported)
      : asText(results);
  process.stdout.write(text);
  if (counts.failed) process.exitCode = 1;
}

/** Whether the engine implements an operator, by itself, by others, or where all its inputs are constant. */
const isSupported = (name: string): boolean =>
  [operators, further, expansions, folds].some((table) => Object.hasOwn(table, name)) ||
  ['Upsample', 'Shape', 'Size'].includes(name);

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
