/** Runs a plan of a case with kernels that record their accesses (rewrite.ts). */

import type { BuiltCase, Picture } from '../../shaders/cases/case';
import { type Pass, type Plan, workgroupsFor } from '../../shaders/plan/plan';
import { bytesFor, type Gpu } from '../../src/gpu/gpu';
import { createReadback } from '../../src/gpu/readback';
import {
  type AccessKind,
  type Additions,
  KINDS,
  RECORD,
  RECORDS_START,
  traceKernel,
  type Variable,
  workgroupSizeOf,
} from './rewrite';

/** An access of one invocation, in the order in which it made them. */
export interface Access {
  /** Which variable: its place in `PassTrace.variables`. */
  readonly variable: number;
  readonly kind: AccessKind;
  /** Which element of the variable. */
  readonly index: number;
}

/** A variable, with what it contained. */
export interface TracedVariable extends Variable {
  /** The name of the operand in the plan; in workgroup memory the variable's own. */
  readonly operand: string;
  /** Elements. */
  readonly length: number;
  /**
   * Its numbers after the run, `numbers` for each element. Absent where they are not 32-bit numbers that can be shown
   * (f16), and in workgroup memory, which is gone after the run.
   */
  readonly data?: Float32Array | Uint32Array;
}

/** What the invocations of a pass did. */
export interface PassTrace {
  readonly pass: Pass;
  readonly variables: readonly TracedVariable[];
  /** Workgroups along x, y and z. */
  readonly workgroups: readonly [x: number, y: number, z: number];
  /** Invocations of a workgroup. */
  readonly workgroupSize: number;
  /** The invocations that accessed something, in order. Invocation n belongs to workgroup n / `workgroupSize`. */
  readonly invocations: readonly number[];
  /** The accesses of an invocation. */
  accesses(invocation: number): readonly Access[];
}

/** What a plan did, and what it computed. */
export interface PlanTrace {
  readonly passes: readonly PassTrace[];
  /** The output, to compare it with the reference. */
  readonly output: Float32Array;
  /** Whether a loop was ended because it ran for too long. Then the output is wrong. */
  readonly isStopped: boolean;
}

/** Maximum number of records of a pass. */
const MOST_RECORDS = 2 ** 20;

type Numbers = Float32Array | Uint32Array;

/** The buffers of a run, by the names of operands. */
interface Buffers {
  of(name: string): GPUBuffer;
  /** How many numbers of 32 bits an operand has, without padding. */
  length(name: string): number;
  destroy(): void;
}

function createBuffers({ device }: Gpu, plan: Plan, { operands, expected }: BuiltCase): Buffers {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffers = new Map<string, GPUBuffer>();
  const contents = new Map<string, Numbers>();
  const written = plan.passes.at(-1)?.bindings.at(-1);
  const scratchOf = (name: string) => (name === written ? expected.length : plan.scratch?.[name]);
  const create = (name: string): GPUBuffer => {
    const scratch = scratchOf(name);
    const operand = operands[name] as Numbers;
    const pack = plan.pack?.[name];
    const data = scratch === undefined ? (pack ? pack(operand as Float32Array) : operand) : undefined;
    const size = bytesFor(data?.length ?? (scratch as number));
    const buffer = device.createBuffer({ label: `traced ${name}`, size, usage });
    if (data) {
      device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
      contents.set(name, data);
    }
    buffers.set(name, buffer);
    return buffer;
  };
  return {
    of: (name) => buffers.get(name) ?? create(name),
    length: (name) => contents.get(name)?.length ?? scratchOf(name) ?? 0,
    destroy() {
      for (const buffer of buffers.values()) buffer.destroy();
    },
  };
}

function createPicture(device: GPUDevice, { width, height, data }: Picture): GPUTexture {
  const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
  const size = [width, height];
  const texture = device.createTexture({ label: 'traced picture', size, format: 'rgba8unorm', usage });
  device.queue.writeTexture({ texture }, data as BufferSource, { bytesPerRow: width * 4 }, size);
  return texture;
}

/** Reads the first `bytes` of a buffer. */
async function read(device: GPUDevice, buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
  const readback = createReadback(device, 'trace', bytes);
  try {
    const encoder = device.createCommandEncoder();
    const pending = readback.record(encoder, [{ buffer, bytes }]);
    device.queue.submit([encoder.finish()]);
    return await pending.read();
  } finally {
    readback.destroy();
  }
}

/** The accesses of a pass, sorted by invocation. */
function sortRecords(records: Uint32Array): Map<number, Access[]> {
  const byInvocation = new Map<number, Access[]>();
  for (let at = 0; at < records.length; at += RECORD) {
    const [invocation, what, index] = records.subarray(at, at + RECORD);
    const access = { variable: what >> 2, kind: KINDS[what & 3], index };
    const known = byInvocation.get(invocation);
    if (known) known.push(access);
    else byInvocation.set(invocation, [access]);
  }
  return byInvocation;
}

async function compile({ device }: Gpu, pass: Pass, code: string): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ label: `traced ${pass.kernel.name}`, code });
  try {
    const compute = { module, entryPoint: 'main', constants: { ...pass.constants } };
    return await device.createComputePipelineAsync({ label: pass.kernel.name, layout: 'auto', compute });
  } catch (error) {
    const { messages } = await module.getCompilationInfo();
    const [first] = messages.filter(({ type }) => type === 'error');
    const text = first ? `${first.lineNum}:${first.linePos}: ${first.message}` : (error as Error).message;
    throw new Error(`traced ${pass.kernel.name}: ${text}`);
  }
}

interface Records {
  readonly records: Uint32Array;
  readonly variables: readonly Variable[];
  readonly isStopped: boolean;
}

/** Runs a pass, and returns its records. */
async function recordPass(
  gpu: Gpu,
  pass: Pass,
  workgroups: readonly [number, number, number],
  buffers: Buffers,
  picture: GPUTexture | undefined,
  additions: Additions,
): Promise<Records> {
  const { device } = gpu;
  const { code, variables, binding } = traceKernel(pass.kernel, pass.bindings.length, additions);
  const pipeline = await compile(gpu, pass, code);
  const log = device.createBuffer({
    label: 'trace',
    size: 4 * (RECORDS_START + (additions.accesses === false ? 0 : RECORD * MOST_RECORDS)),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
  });
  try {
    const bound = [...pass.bindings.map((name) => buffers.of(name)), log];
    const entries = bound.map((buffer, at) => ({ binding: at, resource: { buffer } }));
    device.pushErrorScope('validation');
    const encoder = device.createCommandEncoder({ label: 'trace' });
    const compute = encoder.beginComputePass();
    compute.setPipeline(pipeline);
    compute.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    if (pass.picture && picture) {
      const resource = picture.createView();
      const layout = pipeline.getBindGroupLayout(1);
      compute.setBindGroup(1, device.createBindGroup({ layout, entries: [{ binding: 0, resource }] }));
    }
    compute.dispatchWorkgroups(...workgroups);
    compute.end();
    device.queue.submit([encoder.finish()]);
    const error = await device.popErrorScope();
    if (error) throw new Error(`traced ${pass.kernel.name}, binding ${binding}: ${error.message}`);
    const [count, stopped] = new Uint32Array(await read(device, log, 4 * RECORDS_START));
    if (count > MOST_RECORDS)
      throw new Error(`${pass.kernel.name} makes ${count} accesses; at most ${MOST_RECORDS} are recorded`);
    const records = await read(device, log, 4 * (RECORDS_START + RECORD * count));
    return { variables, records: new Uint32Array(records, 4 * RECORDS_START), isStopped: stopped !== 0 };
  } finally {
    log.destroy();
  }
}

/**
 * Runs a plan and records what each invocation reads and writes.
 * @throws Error if the plan makes more than a million accesses, or if WebGPU rejects it
 */
export async function tracePlan(
  gpu: Gpu,
  plan: Plan,
  built: BuiltCase,
  additions: Additions = {},
): Promise<PlanTrace> {
  const buffers = createBuffers(gpu, plan, built);
  const source = Object.values(built.operands).find((operand) => 'width' in operand) as Picture | undefined;
  const picture = source && createPicture(gpu.device, source);
  const passes: PassTrace[] = [];
  let isStopped = false;
  try {
    for (const pass of plan.passes) {
      const workgroups = workgroupsFor(pass, built.batch);
      const recorded = await recordPass(gpu, pass, workgroups, buffers, picture, additions);
      const { records, variables } = recorded;
      isStopped ||= recorded.isStopped;
      const sorted = sortRecords(records);
      passes.push({
        ...{
          pass,
          workgroups,
          workgroupSize: workgroupSizeOf(pass.kernel.files.map(({ code }) => code).join('\n')),
        },
        variables: await Promise.all(
          variables.map((variable) => describe(gpu, variable, pass, buffers, source)),
        ),
        invocations: [...sorted.keys()].sort((a, b) => a - b),
        accesses: (invocation) => sorted.get(invocation) ?? [],
      });
    }
    const written = plan.passes.at(-1)?.bindings.at(-1) as string;
    const output = new Float32Array(
      await read(gpu.device, buffers.of(written), bytesFor(built.expected.length)),
      ...([0, built.expected.length] as const),
    );
    return { passes, output, isStopped };
  } finally {
    buffers.destroy();
    picture?.destroy();
  }
}

/** A variable with its operand's name, length and numbers. */
async function describe(
  { device }: Gpu,
  variable: Variable,
  pass: Pass,
  buffers: Buffers,
  picture: Picture | undefined,
): Promise<TracedVariable> {
  if (variable.space === 'workgroup')
    return { ...variable, operand: variable.name, length: variable.length as number };
  if (variable.space === 'picture')
    return { ...variable, operand: 'picture', length: picture ? picture.width * picture.height : 0 };
  const operand = pass.bindings[variable.binding as number];
  const buffer = buffers.of(operand);
  const numbers = variable.type.startsWith('u') || variable.type === 'vec4u' ? Uint32Array : Float32Array;
  const isShown = variable.bytes === 4 * variable.numbers;
  const data = isShown ? new numbers(await read(device, buffer, buffer.size)) : undefined;
  const length = Math.floor((4 * buffers.length(operand)) / variable.bytes);
  return { ...variable, operand, length, ...(data && { data }) };
}
