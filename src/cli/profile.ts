import { lower } from '../network/lower';
import { profile, type StepProfile } from '../network/profile';
import { parse, usageError, wholeNumber } from './command';
import { checkWritable, inFile, readModel, write } from './files';
import { openGpu } from './gpu';
import { remembered } from './tuning-file';

export const usage = 'mien profile MODEL.onnx [--batch N] [--trace T.json] [--json]';
export const about =
  "Times every step of a model by itself, with the variants that the model's network runs.";
export const operands = [['MODEL.onnx', 'the model']] as const;
export const options = {
  batch: { type: 'string', value: 'N', about: 'how many items run at once; default 1' },
  trace: {
    type: 'string',
    value: 'T.json',
    about: "the file for a trace that the performance panel of Chrome's developer tools opens",
  },
  json: { type: 'boolean', about: 'print a JSON object instead of the tables' },
} as const;

/**
 * Times the steps of a model and prints one table by step and one by operator.
 * @throws UsageError if the arguments are wrong; Error with the file's name if a file is unsuitable
 */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, { usage, options });
  if (positionals.length !== 1)
    throw usageError(`one model is needed, ${positionals.length} are named`, usage);
  const batch = wholeNumber('--batch', values.batch, 1);
  const [file] = positionals;
  const graph = await readModel(file);
  if (values.trace) await checkWritable([values.trace], [file]);
  const program = await inFile(file, () => lower(graph, { batch })); // checks the model before the GPU is opened
  const gpu = await openGpu();
  const { store } = remembered;
  const steps = await profile(graph, gpu, { batch, store });
  gpu.destroy();
  if (values.trace) await write(values.trace, traceOf(steps));
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ model: file, adapter: gpu.adapter, batch: program.batch, steps })}\n`
      : asText(gpu.adapter, program.batch, steps),
  );
}

/** A row of a table: a step, or an operator with the sums of its steps. */
interface Row extends Omit<StepProfile, 'node' | 'op'> {
  readonly name: string;
}

function asText(adapter: string, batch: number, steps: readonly StepProfile[]): string {
  const rows = steps.map(({ node, op, ...rest }) => ({ ...rest, name: `${op} ${node}` }));
  const total = rows.reduce((sum, { ms }) => sum + ms, 0);
  return `${[
    `${adapter}, batch ${batch}: ${total.toFixed(3)} ms, each step timed by itself`,
    '',
    ...table('step', rows, total),
    '',
    ...table('operator', byOperator(steps), total),
  ].join('\n')}\n`;
}

/** Returns the sums for each operator, in descending order of time. */
function byOperator(steps: readonly StepProfile[]): Row[] {
  const operators = [...new Set(steps.map(({ op }) => op))];
  return operators
    .map((name) => {
      const own = steps.filter(({ op }) => op === name);
      const sum = (key: 'ms' | 'flop' | 'bytes') => own.reduce((all, each) => all + each[key], 0);
      const variant = `${own.length} step${own.length > 1 ? 's' : ''}`;
      return { name, ms: sum('ms'), flop: sum('flop'), bytes: sum('bytes'), variant };
    })
    .sort((a, b) => b.ms - a.ms);
}

function table(what: string, rows: readonly Row[], total: number): string[] {
  const width = Math.max(what.length, ...rows.map(({ name }) => name.length));
  const line = (name: string, cells: readonly string[], variant: string) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(8)), variant].join('  ');
  return [
    line(what, ['ms', 'share', 'GFLOP/s', 'GB/s'], what === 'step' ? 'variant' : ''),
    ...rows.map(({ name, ms, flop, bytes, variant }) => {
      const share = `${((100 * ms) / (total || 1)).toFixed(1)} %`;
      const rates = [flop, bytes].map((amount) => (ms ? (amount / ms / 1e6).toFixed(2) : '-'));
      return line(name, [ms.toFixed(3), share, ...rates], variant);
    }),
  ].map((text) => text.trimEnd());
}

/** Returns the steps in Chrome's trace event format, one after the other. Times are in microseconds. */
function traceOf(steps: readonly StepProfile[]): Uint8Array {
  let ts = 0;
  const traceEvents = steps.map(({ node, op, ms, ...args }) => {
    const event = { name: `${op} ${node}`, cat: op, ph: 'X', ts, dur: 1000 * ms, pid: 1, tid: 1, args };
    ts += event.dur;
    return event;
  });
  return new TextEncoder().encode(JSON.stringify({ traceEvents, displayTimeUnit: 'ms' }));
}
