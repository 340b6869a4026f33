/** Runs an ONNX file on a device and holds its outputs against onnxruntime's. */

import type { Gpu } from '../src/gpu/gpu';
import { compile, type OutputTensor, type Tensor } from '../src/network/network';
import { loadOnnx } from '../src/formats/load';
import { parseNpy } from '../src/formats/npy';

export interface NetFixture {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** What is allowed: this share of the largest number of an output. */
export const NET_TOLERANCE = 1e-4;

/** `read` gives a file of the fixtures' folder. @throws where an output is off, or where two runs differ */
export async function runNet(gpu: Gpu, fixture: NetFixture, read: (file: string) => Promise<Uint8Array>): Promise<void> {
  const { name, inputs, outputs } = fixture;
  const graph = await loadOnnx(await read(`${name}.onnx`), `${name}.onnx`);
  const given: Record<string, Tensor> = {};
  for (const input of inputs) {
    const { shape, data } = parseNpy(await read(`${name}.in.${input}.npy`));
    given[input] = { shape, data: data as Float32Array };
  }
  const batch = Object.values(given)[0]?.shape[0] ?? 1;
  // Room for one more than is run: a smaller batch must do.
  const network = await compile(graph, gpu, { batch: batch + 1 });
  try {
    for (const round of ['first', 'second']) {
      const found = await network.run(given);
      for (const output of outputs) {
        const expected = parseNpy(await read(`${name}.out.${output}.npy`));
        const wrong = differs(found[output], expected);
        if (wrong) throw new Error(`${name}, output "${output}", ${round} run: ${wrong}`);
      }
    }
  } finally {
    network.destroy();
  }
}

/** How an output differs from what is expected, in words. */
export function differs(
  found: OutputTensor | undefined,
  expected: { readonly shape: readonly number[]; readonly data: ArrayLike<number | bigint | string> },
): string | undefined {
  if (!found) return 'is missing';
  if (found.shape.join() !== expected.shape.join()) return `is (${found.shape}), expected (${expected.shape})`;
  if (!(found.data instanceof Float32Array)) {
    const labels: ArrayLike<string | bigint> = found.data;
    const at = Array.from(labels).findIndex((label, i) => label !== expected.data[i]);
    return at < 0 ? undefined : `at ${at}: ${labels[at]}, expected ${expected.data[at]}`;
  }
  const numbers = Array.from(expected.data, Number);
  const allowed = NET_TOLERANCE * Math.max(...numbers.map(Math.abs), 1e-30);
  let at = -1;
  let worst = allowed;
  found.data.forEach((v, i) => {
    const off = Math.abs(v - numbers[i]);
    if (off <= worst) return; // also false for NaN
    worst = Number.isNaN(off) ? Infinity : off;
    at = i;
  });
  return at < 0 ? undefined : `at ${at}: ${found.data[at]}, expected ${numbers[at]}, allowed ${allowed}`;
}
