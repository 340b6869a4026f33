/** Runs an ONNX file on a device and holds its outputs against onnxruntime's. */

import { loadOnnx } from '../src/formats/load';
import { parseNpy } from '../src/formats/npy';
import type { Gpu } from '../src/gpu/gpu';
import type { Tensor } from '../src/network/inputs';
import { compile } from '../src/network/network';
import type { OutputTensor } from '../src/network/run';

/** Paths are from the project's root. */
export interface NetFixture {
  readonly name: string;
  readonly model: string;
  /** .npy files by the names of inputs and outputs; pictures of u8 are levels 0..255, taken to -1..1. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What is allowed: this share of the largest number of an output. */
export const NET_TOLERANCE = 1e-4;

/** `read` gives a file. @throws where an output is off, or where two runs differ */
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
  // Large inputs are for accuracy; small ones show whether a second run is like the first.
  const rounds = batch > 64 ? ['only'] : ['first', 'second'];
  // Room for one more than is run: a smaller batch must do.
  const network = await compile(graph, gpu, { batch: batch + 1, tuning: false });
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

/** Pictures of bytes become what the frame kernel would make of them. */
export function asTensor({ shape, data }: ReturnType<typeof parseNpy>): Tensor {
  if (data instanceof Uint8Array)
    return { shape, data: Float32Array.from(data, (level) => level / 127.5 - 1) };
  return { shape, data: data as Float32Array };
}

/** How an output differs from what is expected, in words. */
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
