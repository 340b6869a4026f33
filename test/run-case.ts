/** Runs a kernel's case on a device and holds the result against the reference. */

import type { BuiltCase, Case, Operand } from '../shaders/cases/case';
import { forAnySize } from '../shaders/plan/any-size';
import { channels4, type Plan } from '../shaders/plan/plan';
import { bindStep, bytesFor, dispatch, type Gpu } from '../src/gpu/gpu';
import { createReadback } from '../src/gpu/readback';
import { faultsOf } from './wgsl-faults';

/** What stands in the output before a run: an element that is not written, be it a lane, is seen. */
const POISON = Number.NaN;

/**
 * Runs every plan of a case that the device can run, twice, and the one that networks start with for any size too.
 * @returns the case's plans, those included that this device can't run
 * @throws with index, value, reference and allowance where a number is off
 */
export async function runCase(gpu: Gpu, kernel: string, test: Case): Promise<readonly Plan[]> {
  const built = test.build();
  for (const plan of built.candidates.ranked) {
    if (plan.features?.some((feature) => !gpu.features.has(feature))) continue;
    const starts = plan === built.candidates.start && { 'any size': forAnySize(plan) };
    const rounds = { 'first run': plan, 'second run': plan, ...starts };
    for (const [round, each] of Object.entries(rounds)) {
      const faults = each.passes.flatMap((pass) => faultsOf(pass.kernel));
      if (faults.length) throw new Error(faults.join('; '));
      const found = await runPlan(gpu, `${kernel}: ${test.name}`, each, built);
      const wrong = compare(found, built.expected, built.tolerance);
      if (wrong) throw new Error(`${kernel}, ${plan.variant}: ${test.name}, ${round}: ${wrong}`);
    }
  }
  return built.candidates.ranked;
}

/** A plan bound to operands of its own. */
export interface BoundPlan {
  readonly output: GPUBuffer;
  record(pass: GPUComputePassEncoder, batch: number): void;
  destroy(): void;
}

/** Uploads the operands; the output, of `length` numbers, is poisoned. */
export async function bindPlan(
  gpu: Gpu,
  label: string,
  plan: Plan,
  operands: Readonly<Record<string, Operand>>,
  length: number,
): Promise<BoundPlan> {
  const { device } = gpu;
  const owned: { destroy(): void }[] = [];
  const own = <T extends { destroy(): void }>(resource: T): T => {
    owned.push(resource);
    return resource;
  };
  const destroy = () => {
    for (const resource of owned) resource.destroy();
  };
  const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
  const bound: Record<string, GPUBuffer> = {};
  let picture: GPUBindGroup | undefined;
  for (const [name, operand] of Object.entries(operands)) {
    if ('width' in operand) {
      const { width, height } = operand;
      const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
      const texture = own(
        device.createTexture({ label: name, size: [width, height], format: 'rgba8unorm', usage }),
      );
      device.queue.writeTexture({ texture }, operand.data as BufferSource, { bytesPerRow: width * 4 }, [
        width,
        height,
      ]);
      picture = gpu.bindPicture('texture', texture.createView());
    } else {
      const pack = plan.pack?.[name];
      const data = pack && operand instanceof Float32Array ? pack(operand) : operand;
      const size = bytesFor(data.length);
      const buffer = own(device.createBuffer({ label: name, size, usage: STORAGE | COPY_DST }));
      device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
      bound[name] = buffer;
    }
  }
  for (const [name, numbers] of Object.entries(plan.scratch ?? {}))
    bound[name] = own(device.createBuffer({ label: name, size: bytesFor(numbers), usage: STORAGE }));
  const pass = plan.passes[plan.passes.length - 1];
  const usage = STORAGE | COPY_SRC | COPY_DST;
  const output = own(device.createBuffer({ label: 'output', size: bytesFor(length), usage }));
  device.queue.writeBuffer(output, 0, new Float32Array(channels4(length)).fill(POISON));
  bound[pass.bindings[pass.bindings.length - 1]] = output;
  try {
    const steps = await Promise.all(plan.passes.map((each) => bindStep(gpu, label, each, bound)));
    const record = (compute: GPUComputePassEncoder, batch: number) => {
      if (picture) compute.setBindGroup(1, picture);
      for (const step of steps) dispatch(compute, step, batch);
    };
    return { output, record, destroy };
  } catch (error) {
    destroy();
    throw error;
  }
}

async function runPlan(
  gpu: Gpu,
  label: string,
  plan: Plan,
  { operands, expected, batch }: BuiltCase,
): Promise<Float32Array> {
  const { device } = gpu;
  const { output, record, destroy } = await bindPlan(gpu, label, plan, operands, expected.length);
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

/** The element that is farthest beyond its allowance, in words; undefined if all are within. */
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
