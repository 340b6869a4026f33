/** Prints what the kernels of a folder do and how fast they are here: `npm run study -- conv2d`. */

import type { Case } from '../shaders/cases/case';
import { openDawn, restartForSoftware } from '../src/cli/dawn';
import { createGpu, type Gpu } from '../src/gpu/gpu';
import { lackOf, type Setting, settingOf } from './check';
import { fileOf, KERNEL_NAMES, type Ladder, ladderOf, type Rung } from './ladder';
import { layersOf, measureLayer, type Speed } from './speed';
import { countsOf } from './trace/counts';
import { tracePlan } from './trace/trace';

const rounded = (value: number): string => String(Number(value.toPrecision(3)));

/** The setting of each rung: the case that is drawn, or else the one that most rungs share, so that they can be compared. */
function settingsOf({ rungs }: Ladder): Map<Rung, Setting> {
  const rungsOf = new Map<string, number>();
  const all = (rung: Rung) =>
    [...rung.variants].flatMap(([variant, cases]) => cases.map((of) => ({ variant, of })));
  for (const rung of rungs)
    for (const name of new Set(all(rung).map(({ of }) => of.name)))
      rungsOf.set(name, (rungsOf.get(name) ?? 0) + 1);
  const rank = ({ name, drawn }: Case) => (rungsOf.get(name) ?? 0) + (drawn ? 100 : 0);
  const settings = new Map<Rung, Setting>();
  for (const rung of rungs) {
    const [best] = all(rung)
      .filter(({ of }) => !of.timed)
      .sort((a, b) => rank(b.of) - rank(a.of));
    if (best) settings.set(rung, settingOf(best.of, best.variant));
  }
  return settings;
}

/** A line of Markdown for what a rung's invocations do in a case. */
async function countsLine(gpu: Gpu, rung: Rung, { name, plan, built }: Setting): Promise<string> {
  const lack = lackOf(gpu, plan);
  if (lack) return `| ${rung.name} | ${plan.variant} | ${name} | ${lack} | | | |`;
  const { passes } = await tracePlan(gpu, plan, built);
  const own = passes.find(({ pass }) => fileOf(pass) === rung.file);
  if (!own) throw new Error(`${rung.file} is in no pass of ${plan.variant}`);
  const { invocations, loads, numbersLoaded, sharedLoads, reuse } = countsOf(own);
  const macs = built.cost.flop / 2 / invocations;
  const each = passes.length === 1 && built.cost.flop ? rounded(macs / numbersLoaded) : '';
  return `| ${rung.name} | ${plan.variant} | ${name} | ${invocations} | ${rounded(loads)}${sharedLoads ? ` + ${rounded(sharedLoads)} shared` : ''} | ${rounded(reuse)} | ${each} |`;
}

const speedLine = ({ variant, value, unit, share, limit, why }: Speed): string =>
  value === undefined
    ? `| ${variant} | ${why} | |`
    : `| ${variant} | ${rounded(value)} ${unit} | ${share === undefined ? '' : `${rounded(100 * share)} % (${limit})`} |`;

/**
 * Prints two tables of Markdown for each folder: what the invocations of its kernels load, and the speed of its variants.
 * @param args names of folders in shaders/; none: all
 */
export async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    console.log(
      `npm run study -- [KERNEL ...]\n\nPrints what the kernels of folders of shaders/ load, and how fast they are here. Default: all folders.`,
    );
    return;
  }
  const unknown = args.find((name) => !KERNEL_NAMES.includes(name));
  if (unknown !== undefined) {
    console.error(`study: there is no kernel ${unknown}; the kernels are ${KERNEL_NAMES.join(', ')}`);
    process.exitCode = 2;
    return;
  }
  if (restartForSoftware()) return;
  const gpu = await createGpu({ gpu: await openDawn() });
  console.log(`Measured on ${gpu.adapter}.`);
  for (const kernel of args.length ? args : KERNEL_NAMES) {
    const ladder = ladderOf(kernel);
    console.log(`\n## ${kernel}\n`);
    console.log(
      '| kernel | variant | test case | invocations with work | loads by each | loads of the same element in a workgroup | multiply-adds for each number loaded |',
    );
    console.log('|---|---|---|---|---|---|---|');
    for (const [rung, setting] of settingsOf(ladder)) console.log(await countsLine(gpu, rung, setting));
    for (const layer of layersOf(kernel)) {
      console.log(`\n| ${layer} | speed | of the ceiling |\n|---|---|---|`);
      await measureLayer(gpu, kernel, layer, (speed) => console.log(speedLine(speed)));
    }
  }
  gpu.destroy();
}
