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
    about: 'how long to measure at most, in milliseconds; default: until all is measured',
  },
  json: { type: 'boolean', about: 'print a JSON object instead of a table' },
} as const;

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
  const budget = values.budget === undefined ? Infinity : wholeNumber('--budget', values.budget, 1);
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

/** Returns a line for each step with several variants: the chosen variant, the times of the others, and what has none. */
function asText(adapter: string, batch: number, steps: readonly StepInfo[]): string {
  const open = steps.filter(({ variants }) => variants.length > 1);
  const width = Math.max(4, ...open.map(({ node }) => node.length));
  const lines = open.map(({ node, op, variant, variants, times }) => {
    const others = Object.entries(times)
      .filter(([name]) => name !== variant)
      .sort(([, a], [, b]) => a - b)
      .map(([name, ms]) => `${name} ${ms.toFixed(3)}`);
    const untimed = variants.filter((name) => !(name in times));
    return [
      `${node.padEnd(width)}  ${op.padEnd(6)}  ${variant} ${times[variant]?.toFixed(3) ?? ''}`.trimEnd(),
      ...(others.length ? [others.join(', ')] : []),
      ...(untimed.length ? [`not timed: ${untimed.join(', ')}`] : []),
    ].join('; ');
  });
  const missing = open.filter(({ variants, times }) => variants.some((name) => !(name in times)));
  const taken = open.reduce((sum, { variant, times }) => sum + (times[variant] ?? 0), 0);
  return `${[
    `${adapter}, batch ${batch}: milliseconds of the variant that was chosen; of the others`,
    ...lines,
    `${open.length} of ${steps.length} kernels have variants; the chosen ones take ${taken.toFixed(3)} ms`,
    ...(missing.length ? [`${missing.length} of them were not timed completely: raise --budget`] : []),
    `kept in ${tuningFile()}`,
  ].join('\n')}\n`;
}
