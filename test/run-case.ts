/** Runs a case of a kernel on a device, and compares the result with the reference. */

import type { BuiltCase, Case, Operand, Picture } from '../shaders/cases/case';
import { forAnySize } from '../shaders/plan/any-size';
import { channels4, type Plan } from '../shaders/plan/plan';
import { bytesFor, dispatch, type Gpu } from '../src/gpu/gpu';
import { createReadback } from '../src/gpu/readback';
import { bindPlan } from '../src/network/bind-plan';
import { faultsOf } from './wgsl-faults';

/** Value of the output before a run, so that elements that the kernel does not write are detected. */
const POISON = Number.NaN;

/**
 * Runs every plan of a case twice, if the device supports it: with its sizes as constants, and in its version for any size,
 * in which a network may start with it.
 * @param only the variant to run; default: all
 * @returns all plans of the case, or those of the variant, including plans that this device does not support
 * @throws Error with index, value, reference and tolerance if a result is wrong
 */
export async function runCase(gpu: Gpu, kernel: string, test: Case, only?: string): Promise<readonly Plan[]> {
  const built = test.build();
  const plans = built.candidates.ranked.filter(({ variant }) => only === undefined || variant === only);
  for (const plan of plans) {
    if (plan.features?.some((feature) => !gpu.features.has(feature))) continue;
    const rounds = { 'sizes as constants': plan, 'any size': forAnySize(plan) };
    for (const [round, each] of Object.entries(rounds)) {
      const faults = each.passes.flatMap((pass) => faultsOf(pass.kernel));
      if (faults.length) throw new Error(faults.join('; '));
      const found = await runPlan(gpu, `${kernel}: ${test.name}`, each, built);
      const wrong = compare(found, built.expected, built.tolerance);
      if (wrong) throw new Error(`${kernel}, ${plan.variant}: ${test.name}, ${round}: ${wrong}`);
    }
  }
  return plans;
}

/** A plan that is bound to its own operands. */
export interface BoundCase {
  readonly output: GPUBuffer;
  record(pass: GPUComputePassEncoder, batch: number): void;
  destroy(): void;
}

/** Uploads the operands, and fills the output of `length` numbers with POISON. */
export async function bindCase(
  gpu: Gpu,
  label: string,
  plan: Plan,
  operands: Readonly<Record<string, Operand>>,
  length: number,
): Promise<BoundCase> {
  const { device } = gpu;
  const owned: { destroy(): void }[] = [];
  const create = (name: string, size: number, data?: Float32Array | Uint32Array): GPUBuffer => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ label: name, size: bytesFor(size), usage });
    owned.push(buffer);
    if (data) device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
    return buffer;
  };
  const destroy = () => {
    for (const resource of owned) resource.destroy();
  };
  let picture: GPUBindGroup | undefined;
  for (const operand of Object.values(operands)) {
    if (!('width' in operand)) continue;
    const texture = uploadPicture(device, operand);
    owned.push(texture);
    picture = gpu.bindPicture('texture', texture.createView());
  }
  const output = create('output', length, new Float32Array(channels4(length)).fill(POISON));
  const written = plan.passes[plan.passes.length - 1].bindings.at(-1);
  try {
    const passes = await bindPlan(gpu, label, plan, {
      scratch: (name, size) => create(name, size),
      operand(name, pack) {
        if (name === written) return output;
        const data = operands[name] as Float32Array | Uint32Array;
        const packed = pack && data instanceof Float32Array ? pack(data) : data;
        return create(name, packed.length, packed);
      },
    });
    const record = (compute: GPUComputePassEncoder, batch: number) => {
      if (picture) compute.setBindGroup(1, picture);
      for (const pass of passes) dispatch(compute, pass, batch);
    };
    return { output, record, destroy };
  } catch (error) {
    destroy();
    throw error;
  }
}

function uploadPicture(device: GPUDevice, { width, height, data }: Picture): GPUTexture {
  const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
  const texture = device.createTexture({
    ...{ label: 'picture', size: [width, height], format: 'rgba8unorm', usage },
  });
  const layout = { bytesPerRow: width * 4 };
  device.queue.writeTexture({ texture }, data as BufferSource, layout, [width, height]);
  return texture;
}

/** Runs a plan once, and returns its output. @throws Error if WebGPU rejects it */
export async function runPlan(
  gpu: Gpu,
  label: string,
  plan: Plan,
  { operands, expected, batch }: BuiltCase,
): Promise<Float32Array> {
  const { device } = gpu;
  const { output, record, destroy } = await bindCase(gpu, label, plan, operands, expected.length);
  const readback = createReadback(device, label, output.size);
  try {
    device.pushErrorScope('validation');
    const encoder = device.createCommandEncoder();
    const compute = encoder.beginComputePass();
    record(compute, batch);
    compute.end();
    const pending = readback.record(encoder, [{ buffer: output, bytes: output.size }]);
    device.queue.submit([encoder.finish()]);
    const error = await device.popErrorScope();
    if (error) throw new Error(`${label}: ${error.message}`);
    return new Float32Array(await pending.read(), 0, expected.length);
  } finally {
    destroy();
    readback.destroy();
  }
}

/** Describes the element with the largest error beyond its tolerance. Returns undefined if there is none. */
export function compare(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: { readonly abs: number; readonly rel: number },
): string | undefined {
  if (found.length !== expected.length) return `${found.length} numbers, ${expected.length} expected`;
  let worst = 0;
  let at = -1;
  for (let i = 0; i < expected.length; i++) {
    const anything = expected[i] === Infinity || (Number.isNaN(expected[i]) && Number.isFinite(found[i]));
    const allowed = tolerance.abs + tolerance.rel * Math.abs(expected[i]);
    const off = anything ? 0 : Math.abs(found[i] - expected[i]);
    const beyond = off <= allowed ? 0 : Number.isFinite(off) ? off - allowed : Infinity;
    if (beyond > worst) [worst, at] = [beyond, i];
  }
  if (at < 0) return undefined;
  const allowed = tolerance.abs + tolerance.rel * Math.abs(expected[at]);
  return `at ${at} of ${expected.length}: ${found[at]}, reference ${expected[at]}, allowed ${allowed}`;
}
