/** The ceilings: the maximum rates of an adapter, and the time that each kind of command takes. */

import type { Pass, WgslFile } from '../../shaders/plan/plan';
import { repeat } from '../../shaders/plan/repeat';
import { bindPass, dispatch, type Gpu } from '../../src/gpu/gpu';
import { createBuffers, kernelOf, passOf } from './ceiling-passes';
import copy from './ceilings/copy.wgsl?raw';
import dot8 from './ceilings/dot8.wgsl?raw';
import multiplyAdd from './ceilings/multiply-add.wgsl?raw';
import read from './ceilings/read.wgsl?raw';
import subgroups from './ceilings/subgroups.wgsl?raw';
import texture from './ceilings/texture.wgsl?raw';
import workgroupMemory from './ceilings/workgroup-memory.wgsl?raw';
import write from './ceilings/write.wgsl?raw';
import { commands } from './commands';
import { type Entry, type Item, single, wallClock } from './item';

/** Sums of a thread in the kernels with repeated lines. */
const SUMS = 8;
/** Side of the texture in texels. */
const SIDE = 2048;
/** Bytes of an upload. */
const UPLOAD = 2 ** 24;

/** The size of a dispatch: long enough that its start is negligible, and short enough for slow devices. */
const workOf = (gpu: Gpu): { groups: number; ROUNDS: number } =>
  gpu.isSoftware ? { groups: 64, ROUNDS: 1024 } : { groups: 2048, ROUNDS: 4096 };

/** vec4fs in the buffers of the bandwidth kernels: more than caches contain, and at most one row of workgroups. */
const vectorsOf = (gpu: Gpu): number =>
  Math.min(gpu.limits.maxStorageBufferBindingSize / 16, gpu.isSoftware ? 2 ** 20 : 2 ** 22 - 64 * 16);

/** A snippet before multiply-add: the type of its numbers. */
const numbers = (type: string, enable: string, from: string, sum: string): WgslFile => ({
  name: 'number.wgsl',
  code: `${enable}alias Number = ${type};
fn number(v: f32) -> Number { return ${from}; }
fn total(v: Number) -> f32 { return ${sum}; }`,
});

interface Rate {
  readonly name: string;
  readonly title: string;
  readonly files: readonly WgslFile[];
  /** Operations of a thread in a round, for each of its sums. */
  readonly operations: number;
  readonly unit: Item['unit'];
  /** Returns what the device lacks. */
  readonly lacks?: (gpu: Gpu) => string | undefined;
}

const needs = (feature: string) => (gpu: Gpu) =>
  gpu.features.has(feature) ? undefined : `the device has no ${feature}`;

/** WGSL language features of the browser. */
const hasLanguage = (gpu: Gpu, feature: string): boolean =>
  (globalThis.navigator?.gpu ?? gpu.instance)?.wgslLanguageFeatures?.has(feature) ?? false;

const PACKED = 'packed_4x8_integer_dot_product';

const eight = (name: string, code: string): WgslFile => ({ name, code: repeat(code, SUMS) });
const fma = eight('multiply-add.wgsl', multiplyAdd);

/** Rates of arithmetic and of workgroup memory: a thread computes ROUNDS times eight sums. */
const rates: readonly Rate[] = [
  {
    ...{ name: 'f32', title: 'Multiply-add, f32', unit: 'GFLOP/s', operations: 2 },
    files: [numbers('f32', '', 'v', 'v'), fma],
  },
  {
    ...{ name: 'vec4f', title: 'Multiply-add, vec4f', unit: 'GFLOP/s', operations: 8 },
    files: [numbers('vec4f', '', 'vec4f(v)', 'dot(v, vec4f(1))'), fma],
  },
  {
    ...{ name: 'vec4h', title: 'Multiply-add, vec4h (f16)', unit: 'GFLOP/s', operations: 8 },
    files: [numbers('vec4h', 'enable f16;\n', 'vec4h(f16(v))', 'dot(vec4f(v), vec4f(1))'), fma],
    lacks: needs('shader-f16'),
  },
  {
    ...{ name: 'subgroups', title: 'Add, multiply and broadcast in a subgroup', unit: 'GFLOP/s' },
    ...{
      operations: 2,
      files: [{ name: 'enable.wgsl', code: 'enable subgroups;' }, eight('subgroups.wgsl', subgroups)],
    },
    lacks: needs('subgroups'),
  },
  {
    ...{ name: 'dot8', title: 'Dot products of packed 8-bit integers', unit: 'GOP/s', operations: 8 },
    files: [{ name: 'requires.wgsl', code: `requires ${PACKED};` }, eight('dot8.wgsl', dot8)],
    lacks: (gpu) => (hasLanguage(gpu, PACKED) ? undefined : `the browser has no ${PACKED}`),
  },
  {
    ...{ name: 'workgroup memory', title: 'Read workgroup memory', unit: 'GB/s', operations: 16 },
    files: [eight('workgroup-memory.wgsl', workgroupMemory)],
  },
];

const rateItem = ({ name, title, files, operations, unit, lacks }: Rate): Item => ({
  ...{ id: `ceilings/${name}`, group: 'ceilings', title, unit, wgsl: files },
  async prepare({ gpu, timer }) {
    const why = lacks?.(gpu);
    if (why) return why;
    const { groups, ROUNDS } = workOf(gpu);
    const { x, y, destroy } = createBuffers(gpu);
    const step = await bindPass(gpu, name, passOf(kernelOf(name, files), groups, { ROUNDS }), { x, y });
    const work = groups * 64 * ROUNDS * SUMS * operations;
    return {
      sample: (repetitions) => timer.sample((pass) => dispatch(pass, step, 1), repetitions),
      value: (ms) => work / ms / 1e6,
      destroy,
    };
  },
});

/** Kernels that move every vec4f of large buffers once. */
const moves = [
  { name: 'read', title: 'Read storage', code: read, moved: 16, perThread: 16 },
  { name: 'write', title: 'Write storage', code: write, moved: 16, perThread: 1 },
  { name: 'copy', title: 'Copy storage (read and write)', code: copy, moved: 32, perThread: 1 },
] as const;

const moveItem = ({ name, title, code, moved, perThread }: (typeof moves)[number]): Item => ({
  ...{ id: `ceilings/${name}`, group: 'ceilings', title, unit: 'GB/s' },
  wgsl: [{ name: `${name}.wgsl`, code }],
  async prepare({ gpu, timer }) {
    const threads = Math.floor(vectorsOf(gpu) / perThread / 64) * 64;
    const vectors = threads * perThread;
    const { x, y, destroy } = createBuffers(gpu, 16 * vectors);
    const kernel = kernelOf(name, [{ name: `${name}.wgsl`, code }]);
    const constants: Record<string, number> = name === 'read' ? { THREADS: threads } : {};
    const step = await bindPass(gpu, name, passOf(kernel, threads / 64, constants), { x, y });
    return {
      sample: (repetitions) => timer.sample((pass) => dispatch(pass, step, 1), repetitions),
      value: (ms) => (vectors * moved) / ms / 1e6,
      destroy,
    };
  },
});

const textureItem: Item = {
  ...{ id: 'ceilings/texture', group: 'ceilings', title: 'Read a texture, rgba8unorm', unit: 'GB/s' },
  wgsl: [{ name: 'texture.wgsl', code: texture }],
  async prepare({ gpu, timer }) {
    const side = Math.min(SIDE, gpu.limits.maxTextureDimension2D);
    const picture = gpu.device.createTexture({
      ...{ label: 'texture', size: [side, side], format: 'rgba8unorm' },
      usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST,
    });
    const { x, y, destroy } = createBuffers(gpu);
    const kernel = kernelOf('texture', [{ name: 'texture.wgsl', code: texture }]);
    const pass: Pass = {
      ...passOf(kernel, side / 8),
      workgroups: [side / 8, side / 8, 1],
      picture: 'texture',
    };
    const step = await bindPass(gpu, 'texture', pass, { x, y });
    const group = gpu.bindPicture('texture', picture.createView());
    return {
      sample: (repetitions) =>
        timer.sample((encoder) => {
          encoder.setBindGroup(1, group);
          dispatch(encoder, step, 1);
        }, repetitions),
      value: (ms) => (side * side * 4) / ms / 1e6,
      destroy() {
        picture.destroy();
        destroy();
      },
    };
  },
};

let salt = 0; // browsers keep compiled kernels, also from one start to the next

const compileItem: Item = {
  ...{ id: 'ceilings/compile', group: 'ceilings', title: 'Compile a pipeline', unit: 'ms' },
  wgsl: rates[1].files,
  async prepare({ gpu }) {
    const { ROUNDS } = workOf(gpu);
    const once = async () => {
      const [number, { name, code }] = rates[1].files;
      // A factor that no kernel had before, and a value that changes the compiled code.
      const salted = code.replace('* m + c', `* (m - ${(++salt + (Date.now() % 1e6)) * 1e-9}) + c`);
      await gpu.pipeline(
        passOf(kernelOf(`compile ${salt}`, [number, { name, code: salted }]), 1, { ROUNDS }),
      );
    };
    return { sample: wallClock(once), value: (ms) => ms, repetitions: 16, destroy: () => undefined };
  },
};

const uploadItem: Item = {
  ...{ id: 'ceilings/upload', group: 'ceilings', title: 'Upload 16 MiB (writeBuffer)', unit: 'GB/s' },
  async prepare({ gpu }) {
    const { device } = gpu;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const target = device.createBuffer({ label: 'upload', size: UPLOAD, usage });
    const data = new Uint8Array(UPLOAD).map((_, i) => i);
    const sample = wallClock(async () => {
      device.queue.writeBuffer(target, 0, data);
      device.queue.submit([]); // browsers may keep a write until something is submitted
      await device.queue.onSubmittedWorkDone();
    });
    return { sample, value: (ms) => UPLOAD / ms / 1e6, destroy: () => target.destroy() };
  },
};

/** The profile `quick` has these. */
const QUICK = new Set(['f32', 'vec4f', 'vec4h', 'read', 'copy', 'dispatch', 'read-back']);

/** All ceilings. The rates of arithmetic come first, since other rows need them. */
export const ceilings: readonly Entry[] = [
  ...rates.map(rateItem),
  ...moves.map(moveItem),
  ...[textureItem, ...commands, compileItem, uploadItem],
].map((item) => single(item, QUICK.has(item.id.replace('ceilings/', ''))));
