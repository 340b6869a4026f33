/** Runs an ONNX file on a device, and compares its outputs with those of onnxruntime. */

import { loadOnnx } from '../src/formats/load';
import { parseNpy } from '../src/formats/npy';
import type { Gpu } from '../src/gpu/gpu';
import type { Tensor } from '../src/network/inputs';
import { compile } from '../src/network/network';
import type { OutputTensor } from '../src/network/run';

/** A model with its inputs and the expected outputs. All paths are relative to the project's root. */
export interface NetFixture {
  readonly name: string;
  readonly model: string;
  /** .npy files by the names of the inputs. Values of the type u8 are levels 0..255, which are mapped to -1..1. */
  readonly inputs: Readonly<Record<string, string>>;
  /** .npy files by the names of the outputs. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Tolerance, as a fraction of the largest absolute value of an output. */
export const NET_TOLERANCE = 1e-4;

/**
 * Runs a model, and compares its outputs with the expected outputs.
 * @param read reads a file
 * @throws Error if an output is wrong in any run
 */
export async function runNet(
  gpu: Gpu,
  fixture: NetFixture,
  read: (path: string) => Promise<Uint8Array>,
): Promise<void> {
  const graph = await loadOnnx(await read(fixture.model), fixture.model);
  const given: Record<string, Tensor> = {};
  for (const [name, path] of Object.entries(fixture.inputs))
    given[name] = asTensor(parseNpy(await read(path)));
  const batch = Object.values(given)[0]?.shape[0] ?? 1;
  // Large inputs test the accuracy. Small inputs also test that a second run returns the same result.
  const rounds = batch > 64 ? ['only'] : ['first', 'second'];
  // Compiled for one item more than is run, to test a batch that is not full.
  let network = await compile(graph, gpu, { batch: batch + 1, tuning: false });
  if (network.whole) {
    network.destroy();
    network = await compile(graph, gpu, { batch, tuning: false });
  }
  try {
    for (const round of rounds) {
      const found = await network.run(given);
      for (const [name, path] of Object.entries(fixture.outputs)) {
        const wrong = differs(found[name], parseNpy(await read(path)));
        if (wrong) throw new Error(`${fixture.name}, output "${name}", ${round} run: ${wrong}`);
      }
    }
  } finally {
    network.destroy();
  }
}

/** Converts an array to a tensor. Bytes are mapped from 0..255 to -1..1, as in the frame kernel. */
export function asTensor({ shape, data }: ReturnType<typeof parseNpy>): Tensor {
  if (data instanceof Uint8Array)
    return { shape, data: Float32Array.from(data, (level) => level / 127.5 - 1) };
  return { shape, data: data as Float32Array };
}

/** Describes how an output differs from the expected output. Returns undefined if it does not. */
export function differs(
  found: OutputTensor | undefined,
  expected: { readonly shape: readonly number[]; readonly data: ArrayLike<number | bigint | string> },
): string | undefined {
  if (!found) return 'is missing';
  if (found.shape.join() !== expected.shape.join())
    return `is (${found.shape}), expected (${expected.shape})`;
  if (!(found.data instanceof Float32Array)) {
    const labels: ArrayLike<string | bigint> = found.data;
    const at = Array.from(labels).findIndex((label, i) => label !== expected.data[i]);
    return at < 0 ? undefined : `at ${at}: ${labels[at]}, expected ${expected.data[at]}`;
  }
  const numbers = Array.from(expected.data, Number);
  const allowed = NET_TOLERANCE * numbers.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-30);
  let at = -1;
  let worst = allowed;
  found.data.forEach((v, i) => {
    const off = Math.abs(v - numbers[i]);
    if (off <= worst) return; // false for NaN too
    worst = Number.isNaN(off) ? Infinity : off;
    at = i;
  });
  return at < 0 ? undefined : `at ${at}: ${found.data[at]}, expected ${numbers[at]}, allowed ${allowed}`;
}
