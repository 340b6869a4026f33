/** Runs one case of ONNX's backend tests: a model, its inputs and the outputs that are expected. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PbfReader } from 'pbf';
import { parseOnnx } from '../formats/onnx';
import { parseTensor } from '../formats/onnx-tensor';
import { message, nested, text } from '../formats/protobuf';
import type { Gpu } from '../gpu/gpu';
import type { Constant, Graph } from '../graph/graph';
import { afterLoading } from '../graph/passes/passes';
import { checkInputs, type Tensor } from '../network/inputs';
import { lower } from '../network/lower';
import { compile } from '../network/network';
import { externalFiles, readBytes } from './files';
import { type Difference, differenceText, dimsOf, firstDifference, itemsOf, largestIn } from './tensors';

/** What became of a case. */
export interface CaseResult {
  /** The name of its folder. */
  readonly name: string;
  /** The operators in its model, each once, with the domain if it is not ONNX's own. */
  readonly operators: readonly string[];
  /** `failed`: wrong numbers, or an error that is no clear refusal. `refused`: an error before anything was computed. */
  readonly result: 'passed' | 'failed' | 'refused';
  /** Why it failed or was refused. */
  readonly reason?: string;
  /** The first wrong number, and the output that contains it. */
  readonly difference?: Difference & { readonly output: string };
  /** Whether all inputs but the first were made constants of the model, since the model was refused as it is. */
  readonly constantInputs: boolean;
}

type Outcome = Pick<CaseResult, 'result' | 'reason' | 'difference'>;

/** The tolerance of ONNX's own runner. */
const TOLERANCE = { relative: 1e-3, absolute: 1e-7 };

/**
 * Runs a case as it is, and if it is refused, once more with all inputs but the first as constants. Never throws.
 * @param folder contains model.onnx and test_data_set_0/
 * @param share how far a number may be off, as a share of the largest number of its output; default: ONNX's tolerance
 */
export async function runCase(folder: string, name: string, gpu: Gpu, share?: number): Promise<CaseResult> {
  let operators: readonly string[] = [];
  try {
    const file = join(folder, 'model.onnx');
    const bytes = await readBytes(file);
    operators = operatorsIn(bytes);
    const first = await outcomeOf(folder, bytes, gpu, false, share);
    if (first.result !== 'refused') return { name, operators, ...first, constantInputs: false };
    const second = await outcomeOf(folder, bytes, gpu, true, share);
    return { name, operators, ...second, constantInputs: true };
  } catch (error) {
    return { name, operators, ...refusal(error), constantInputs: false };
  }
}

/** Errors of JavaScript itself are mistakes of this program, not refusals. */
const isMistake = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;

const refusal = (error: unknown): Outcome => {
  const { name, message } = error as Error;
  return isMistake(error)
    ? { result: 'failed', reason: `${name}: ${message}` }
    : { result: 'refused', reason: message };
};

async function outcomeOf(
  folder: string,
  bytes: Uint8Array,
  gpu: Gpu,
  isConstant: boolean,
  share: number | undefined,
): Promise<Outcome> {
  let prepared: Awaited<ReturnType<typeof prepare>>;
  try {
    prepared = await prepare(folder, bytes, isConstant);
  } catch (error) {
    return refusal(error);
  }
  const { graph, inputs, expected, options } = prepared;
  try {
    const network = await compile(graph, gpu, { ...options, tuning: false });
    try {
      const outputs = await network.run(inputs);
      for (const [name, constant] of expected) {
        const tolerance =
          share === undefined ? TOLERANCE : { relative: 0, absolute: share * largestIn(constant) };
        const difference = firstDifference(outputs[name], constant, tolerance);
        if (difference)
          return {
            result: 'failed',
            reason: differenceText(name, difference),
            difference: { output: name, ...difference },
          };
      }
    } finally {
      network.destroy();
    }
  } catch (error) {
    return { result: 'failed', reason: `error on the GPU: ${(error as Error).message}` };
  }
  return { result: 'passed' };
}

/**
 * Reads a case and lowers its model, without the GPU.
 * @param isConstant whether all inputs but the first become constants
 * @throws why the case is refused
 */
async function prepare(folder: string, bytes: Uint8Array, isConstant: boolean) {
  const file = join(folder, 'model.onnx');
  const { graph: parsed, missing } = parseOnnx(bytes, 'model.onnx');
  const find = externalFiles(file);
  for (const tensor of missing) tensor.add(await find(tensor.location));
  const data = join(folder, 'test_data_set_0');
  const given = await readTensors(
    data,
    'input',
    parsed.inputs.map((input) => input.name),
  );
  const expected = await readTensors(data, 'output', parsed.outputs);
  if (expected.size < parsed.outputs.length)
    throw new Error(`${data}: ${expected.size} outputs, but the model has ${parsed.outputs.length}`);
  const free = isConstant ? parsed.inputs.slice(0, 1) : parsed.inputs;
  const constants = new Map(parsed.constants);
  const inputs: Record<string, Tensor> = {};
  for (const { name } of parsed.inputs) {
    const constant = given.get(name);
    if (!constant) throw new Error(`${data}: contains no input "${name}"`);
    if (free.some((input) => input.name === name)) inputs[name] = exactTensor(name, constant);
    else constants.set(name, constant);
  }
  const graph: Graph = await afterLoading({ ...parsed, inputs: free, constants });
  const options = { batch: itemsOf(graph, inputs), dims: dimsOf(graph, inputs) };
  checkInputs(await lower(graph, options), inputs);
  return { graph, inputs, expected, options };
}

/** Reads input_N.pb or output_N.pb. A tensor belongs to the value of its name, or to value number N. */
async function readTensors(
  folder: string,
  kind: 'input' | 'output',
  names: readonly string[],
): Promise<Map<string, Constant>> {
  const pattern = new RegExp(`^${kind}_(\\d+)\\.pb$`);
  const tensors = new Map<string, Constant>();
  for (const file of await readdir(folder)) {
    const number = pattern.exec(file)?.[1];
    if (number === undefined) continue;
    const { name, constant } = parseTensor(await readBytes(join(folder, file)), file);
    if (!constant) throw new Error(`${file}: its data is in another file, which is not supported`);
    const value = names.includes(name) ? name : names[Number(number)];
    if (value !== undefined) tensors.set(value, constant);
  }
  return tensors;
}

/** A constant as an input. @throws if it contains texts, or whole numbers that f32 does not have */
function exactTensor(name: string, { type, shape, data }: Constant): Tensor {
  if (type === 'string') throw new Error(`input "${name}" contains strings, which are not supported`);
  const numbers = Float32Array.from(data);
  const at = type === 'float32' ? -1 : data.findIndex((value, i) => value !== numbers[i]);
  if (at >= 0)
    throw new Error(`input "${name}" contains ${data[at]}, which is not exact in f32 (${numbers[at]})`);
  return { shape, data: numbers };
}

/** The operators in a file, each once; also where parseOnnx refuses the file. */
function operatorsIn(bytes: Uint8Array): string[] {
  const operators = new Set<string>();
  const node = (pbf: PbfReader) => {
    let [op, domain] = ['', ''];
    nested(pbf, {
      4: (p) => {
        op = text(p);
      },
      7: (p) => {
        domain = text(p);
      },
    });
    operators.add(domain && domain !== 'ai.onnx' ? `${domain}.${op}` : op);
  };
  const pbf = new PbfReader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  message(pbf, pbf.length, { 7: (p) => nested(p, { 1: node }) });
  return [...operators];
}
