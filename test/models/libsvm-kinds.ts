/**
 * Predicts the rows of every case of libsvm_kinds.py, with the commands and with the decision values themselves, and compares:
 *
 *     node scripts/run.js test/models/libsvm-kinds.ts [PART OF A NAME]
 *
 * Labels must be equal, unless a decision value is nearer to 0 than its tolerance. Decision values may differ by 1e-5 of the
 * sum of the absolute terms, probabilities by 1e-5.
 */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { softwareEnvironment } from '../../src/cli/dawn';
import { openGpu } from '../../src/cli/gpu';
import { run as predict } from '../../src/cli/predict';
import { run as svmPredict } from '../../src/cli/svm-predict';
import { liblinearToGraph, parseLiblinearModel } from '../../src/formats/liblinear';
import { parseLibsvmData } from '../../src/formats/libsvm-data';
import { parseLibsvmModel } from '../../src/formats/libsvm-model';
import type { Gpu } from '../../src/gpu/gpu';
import type { Graph } from '../../src/graph/graph';
import { compile } from '../../src/network/network';
import { compact } from '../../src/svm/compact';
import { svmToGraph } from '../../src/svm/graph';

interface Expected {
  readonly labels: readonly number[];
  readonly values: readonly (readonly number[])[];
  readonly terms: readonly (readonly number[])[];
  readonly probabilities?: readonly (readonly number[])[];
  readonly likeliest?: readonly number[];
}

const SHARE = 1e-5;
const cache = join(import.meta.dirname, 'cache', 'libsvm');

/** The decision values of each row, (rows,pairs); for a one-class machine its result, 1 or -1. */
async function decisions(folder: string, gpu: Gpu): Promise<number[][]> {
  const text = readFileSync(join(folder, 'model'), 'utf8');
  const { rows } = parseLibsvmData(readFileSync(join(folder, 'rows'), 'utf8'));
  let graph: Graph;
  let write: (row: (typeof rows)[number], to: Float32Array) => void;
  let features: number;
  const isLinear = text.startsWith('solver_type');
  if (isLinear) {
    const model = parseLiblinearModel(text);
    // Decision values instead of probabilities.
    graph = liblinearToGraph({ ...model, hasProbabilities: false });
    features = model.features;
    write = ({ indices, values }, to) => {
      for (const [i, index] of indices.entries()) if (index <= features) to[index - 1] = values[i];
    };
  } else {
    const svm = parseLibsvmModel(text);
    const small = compact({ ...svm, probA: undefined, probB: undefined });
    graph = svmToGraph(small.svm);
    features = small.svm.features;
    write = ({ indices, values }, to) => small.write({ values, indices: indices.map((i) => i - 1) }, to);
  }
  const x = new Float32Array(rows.length * features);
  rows.forEach((row, n) => {
    write(row, x.subarray(n * features, (n + 1) * features));
  });
  const network = await compile(graph, gpu, { batch: rows.length, tuning: false });
  const { scores, y } = await network.run({ x: { shape: [rows.length, features], data: x } });
  network.destroy();
  const found = scores ?? y;
  const columns = found.data.length / rows.length;
  const numbers = Array.from(found.data as ArrayLike<number>, Number);
  const isTwo = columns === 2 && scores !== undefined;
  return rows.map((_, n) => {
    const own = numbers.slice(n * columns, (n + 1) * columns);
    // Two classes have (-d, d); ONNX's d is that of the second class in scores of LIBSVM's machine.
    return isTwo ? [own[1]] : own;
  });
}

/** The lines that a command writes, as numbers. */
async function linesOf(folder: string, isLinear: boolean, b: string): Promise<number[][]> {
  const output = join(tmpdir(), `libsvm-kinds-${process.pid}`);
  const files = [join(folder, 'rows'), join(folder, 'model'), output];
  await (isLinear ? predict : svmPredict)(['-b', b, '-q', ...files]);
  return readFileSync(output, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
}

async function check(name: string, gpu: Gpu): Promise<{ text: string; worst: number }> {
  const folder = join(cache, name);
  const expected: Expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
  const { labels, values, terms, probabilities, likeliest } = expected;
  const faults: string[] = [];
  const found = await decisions(folder, gpu);
  const isSign = name.includes('one-class') || name.startsWith('linear-21');
  const near = (row: number) => values[row].some((v, p) => Math.abs(v) <= SHARE * terms[row][p]);
  let worst = 0;
  if (!isSign)
    for (const [row, own] of found.entries())
      for (const [p, value] of values[row].entries())
        worst = Math.max(worst, Math.abs(Math.abs(own[p]) - Math.abs(value)) / terms[row][p]);
  if (worst > SHARE || Number.isNaN(worst))
    faults.push(`decision values differ by ${worst.toExponential(1)}`);
  const isLinear = name.startsWith('linear-');
  const own = await linesOf(folder, isLinear, '0');
  const isNumber = name.includes('svr') || /^linear-1[123]/.test(name);
  const wrong = labels.findIndex((label, row) =>
    isNumber ? Math.abs(own[row][0] - label) > SHARE * terms[row][0] : own[row][0] !== label && !near(row),
  );
  if (wrong >= 0) faults.push(`row ${wrong + 1} is ${own[wrong][0]}, expected ${labels[wrong]}`);
  if (probabilities && likeliest) {
    const [, ...lines] = await linesOf(folder, isLinear, '1');
    let most = 0;
    for (const [row, line] of lines.entries())
      for (const [c, p] of probabilities[row].entries()) most = Math.max(most, Math.abs(line[c + 1] - p));
    if (!(most <= SHARE)) faults.push(`probabilities differ by ${most.toExponential(1)}`);
    const other = likeliest.findIndex((label, row) => {
      const sorted = probabilities[row].toSorted((a, b) => b - a);
      return lines[row][0] !== label && sorted[0] - sorted[1] > SHARE;
    });
    if (other >= 0) faults.push(`-b 1: row ${other + 1} is ${lines[other][0]}, expected ${likeliest[other]}`);
  }
  return { text: faults.join('; '), worst };
}

/**
 * Checks all cases whose name contains a text.
 * @param args the text; default: all cases
 */
export async function main([part = '']: string[]): Promise<void> {
  // Dawn finds a software driver by environment variables, which a process must have when it starts.
  const environment = softwareEnvironment();
  if (environment) {
    const env = { ...process.env, ...environment };
    process.exitCode =
      spawnSync(process.execPath, process.argv.slice(1), { stdio: 'inherit', env }).status ?? 1;
    return;
  }
  const names = readdirSync(cache)
    .filter((name) => name.includes(part))
    .sort();
  const gpu = await openGpu();
  let failed = 0;
  let most = 0;
  for (const name of names) {
    const { text, worst } = await check(name, gpu).catch((error: Error) => ({
      text: error.message,
      worst: 0,
    }));
    most = Math.max(most, worst);
    if (text) failed++;
    if (text) console.log(`FAILED ${name}: ${text}`);
  }
  console.log(
    `${names.length - failed} of ${names.length} agree; decision values differ by at most ${most.toExponential(1)} of their terms`,
  );
  gpu.destroy();
}
