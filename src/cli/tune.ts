import { compile, type StepInfo } from '../network/network';
import type { TuningStore } from '../network/tuning';
import { parse, usageError, wholeNumber } from './command';
import { inFile, readModel } from './files';
import { openGpu } from './gpu';
import { fileStore, tuningFile } from './tuning-file';

export const usage = 'mien tune MODEL.onnx [--batch N] [--budget MS] [--json]';
export const about =
  "Times every variant of a model's kernels on this GPU, and keeps the times for the other commands.";
export const operands = [['MODEL.onnx', 'the model']] as const;
export const options = {
  batch: { type: 'string', value: 'N', about: 'how many items run at once; default 1' },
  budget: {
    type: 'string',
    value: 'MS',
    about: 'how long to measure at most, in milliseconds; default 60000',
  },
  json: { type: 'boolean', about: 'print a JSON object instead of a table' },
} as const;

/** Default time limit in milliseconds. It is long, because all variants should be timed. */
const BUDGET = 60_000;

/**
 * Times the variants of every kernel of a model on this GPU, saves the times, and prints them.
 * @throws UsageError if the arguments are wrong; Error with the file's name if the model is unsuitable or the times
 *   can't be saved
 */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, { usage, options });
  if (positionals.length !== 1)
    throw usageError(`one model is needed, ${positionals.length} are named`, usage);
  const batch = wholeNumber('--batch', values.batch, 1);
  const budget = wholeNumber('--budget', values.budget, BUDGET);
  const [file] = positionals;
  const graph = await readModel(file);
  const gpu = await openGpu();
  // Saved times are not used, because the machine may have been busy when they were measured.
  let failure: Error | undefined;
  const store: TuningStore = {
    load: async () => ({}),
    save: (adapter, timings) =>
      fileStore.save(adapter, timings).catch((error: Error) => {
        failure = error;
      }),
  };
  const network = await inFile(file, () =>
    compile(graph, gpu, { batch, tuning: { budget, store, after: Promise.resolve() } }),
  );
  await network.tuned;
  const { steps } = network;
  network.destroy();
  gpu.destroy();
  if (failure) throw new Error(`${tuningFile()}: the timings can't be saved: ${failure.message}`);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ model: file, adapter: gpu.adapter, batch: network.batch, steps })}\n`
      : asText(gpu.adapter, network.batch, steps),
  );
}

/** Returns a line for each step with several variants: the chosen variant, and the times of the others. */
function asText(adapter: string, batch: number, steps: readonly StepInfo[]): string {
  const open = steps.filter(({ times }) => Object.keys(times).length);
  const width = Math.max(4, ...open.map(({ node }) => node.length));
  const lines = open.map(({ node, op, variant, times }) => {
    const others = Object.entries(times)
      .filter(([name]) => name !== variant)
      .sort(([, a], [, b]) => a - b)
      .map(([name, ms]) => `${name} ${ms.toFixed(3)}`);
    return `${node.padEnd(width)}  ${op.padEnd(6)}  ${variant} ${times[variant]?.toFixed(3) ?? '?'}; ${others.join(', ')}`;
  });
  const taken = open.reduce((sum, { variant, times }) => sum + (times[variant] ?? 0), 0);
  return `${[
    `${adapter}, batch ${batch}: milliseconds of the variant that was chosen; of the others`,
    ...lines,
    `${open.length} of ${steps.length} kernels have variants; the chosen ones take ${taken.toFixed(3)} ms`,
    `kept in ${tuningFile()}`,
  ].join('\n')}\n`;
}
