/**
 * What a kernel's folder returns to the engine: dispatches as data. Nothing here depends on a device, a graph
 * or a model.
 *
 * Every dimension that a kernel needs is an `override` constant, fixed when the network is compiled. Only the batch
 * may be smaller at run time than at compile time: it only scales one axis of the grid.
 */

/**
 * A WGSL module: its files are concatenated in this order. The kernel itself is the last file. The snippets that it
 * shares with other kernels come before it, because naga (Firefox, Deno) can fail on an `override` after a kernel.
 */
export interface Kernel {
  /** Unique: it contains the values that are fixed in the text, such as `dense-tiled 4x8, 16 lanes`. */
  readonly name: string;
  /** The files, in the order of the module's text. */
  readonly files: readonly WgslFile[];
}

/** A file of WGSL. */
export interface WgslFile {
  /** Such as `dense.wgsl`, for errors. */
  readonly name: string;
  /** Its text. */
  readonly code: string;
}

/** How a kernel reads a picture: as a texture of the device, or as a video frame in the browser's own memory. */
export type PictureKind = 'texture' | 'external';

/** One dispatch. */
export interface Pass {
  /** The kernel that is dispatched. */
  readonly kernel: Kernel;
  /** The values of its `override` constants. */
  readonly constants: Readonly<Record<string, number>>;
  /** Names of operands, in the order of `@binding`. The last one is written, the others are read. */
  readonly bindings: readonly string[];
  /** Whole numbers that the kernel reads as uniforms, at the bindings after `bindings` (any-size.ts). Default: none. */
  readonly sizes?: readonly number[];
  /** The picture that is bound as group 1. All kernels that read it share one bind group. */
  readonly picture?: PictureKind;
  /**
   * Workgroups for `itemsPerWorkgroup` items of the batch. For n items, the count along `batchAxis` is multiplied by
   * n / `itemsPerWorkgroup` and rounded up.
   */
  readonly workgroups: readonly [x: number, y: number, z: number];
  /** The axis of `workgroups` that the batch multiplies; absent if the work does not depend on the batch. */
  readonly batchAxis?: 0 | 1 | 2;
  /** Items of the batch for which `workgroups` is given. Default: 1. */
  readonly itemsPerWorkgroup?: number;
}

/** One way to compute an operator on given shapes. */
export interface Plan {
  /** Its name, which describes its method, such as `plain` or `tiled 4x8`. */
  readonly variant: string;
  readonly passes: readonly Pass[];
  /** WebGPU features that the device must have. */
  readonly features?: readonly string[];
  /** Whether software adapters must not use it, because they only emulate what makes it fast. Default: false. */
  readonly hardware?: boolean;
  /** Buffers between the passes: the name of each, and how many f32 numbers it contains. */
  readonly scratch?: Readonly<Record<string, number>>;
  /** Operands that this plan reads in another layout than the graph's. They are packed once, at upload. */
  readonly pack?: Readonly<Record<string, (data: Float32Array) => Float32Array | Uint32Array>>;
}

/** Every plan for one step of a network. */
export interface Candidates {
  /**
   * The plan that a network starts with: the one that compiles fastest, or for much work a faster one. One of `ranked`. If
   * the device can't run it, the last of them takes its place, which every device can run.
   */
  readonly start: Plan;
  /**
   * All plans. The plan that is fastest on most GPUs comes first. Until the variants have been timed, the network uses
   * the first plan that the device can run. The variants are timed in this order.
   */
  readonly ranked: readonly Plan[];
}

/**
 * The longest row that one invocation may add up by itself. The error of a sum grows with the number of its terms, so longer
 * rows are shared among lanes, whatever is faster. In the last Softmax of a text model (18,385 numbers) this reduced the error from
 * 2e-4 to 3e-5.
 */
export const LONGEST_SUM = 1024;

/**
 * Whether a step of so many multiply-adds takes longer in the plan that compiles fastest than a faster plan takes to
 * compile. On SwiftShader in Node, creating a VGG and its first run at batch 8 take 1,270 ms with the one and 970 ms with the
 * other; for layers of a MobileNet with a tenth of the work it is the other way round.
 */
export const isMuchWork = (multiplyAdds: number): boolean => multiplyAdds >= 32e6;

/** A pass whose z axis is the batch. */
type ItemPass = Omit<Pass, 'batchAxis' | 'itemsPerWorkgroup'>;

/** The plain plan, with one pass whose z axis is the batch. */
export const plainPlan = (pass: ItemPass): Plan => ({
  variant: 'plain',
  passes: [{ ...pass, batchAxis: 2 }],
});

/** The candidates of an operator that has only one plan, with one pass. */
export function only(pass: Pass): Candidates {
  const plan = { variant: 'plain', passes: [pass] };
  return { start: plan, ranked: [plan] };
}

/** The same as `only`, for a pass whose z axis is the batch. */
export const onlyPlain = (pass: ItemPass): Candidates => only({ ...pass, batchAxis: 2 });

/** Maximum number of workgroups along an axis that every WebGPU device supports. */
export const MAX_WORKGROUPS = 65535;

/** The workgroups of a pass for `batch` items, along x, y and z. */
export function workgroupsFor(pass: Pass, batch: number): [number, number, number] {
  const counts: [number, number, number] = [...pass.workgroups];
  if (pass.batchAxis !== undefined)
    counts[pass.batchAxis] = ceilDiv(counts[pass.batchAxis] * batch, pass.itemsPerWorkgroup ?? 1);
  return counts;
}

/** Replaces infinity by the largest finite f32, because an override in WGSL cannot be infinite. */
export const finite = (v: number): number =>
  Math.min(Math.max(v, -3.4028234663852886e38), 3.4028234663852886e38);

export const ceilDiv = (a: number, b: number): number => Math.ceil(a / b);

/**
 * The number of channels, padded to a multiple of four. Tensors of rank 4 between convolutions are stored in NHWC with
 * padded channels ("nhwc4"), so that a pixel's channels are whole `vec4f`s. The padding contains finite numbers without
 * meaning.
 */
export const channels4 = (channels: number): number => ceilDiv(channels, 4) * 4;

/** The data, padded with zeros to `length` numbers. */
export function fill(data: Float32Array, length: number): Float32Array {
  const filled = new Float32Array(length);
  filled.set(data);
  return filled;
}

/** Numbers of workgroups along x and y for `threads` threads in workgroups of `size`, each at most MAX_WORKGROUPS. */
export function line(threads: number, size: number): [number, number] {
  const groups = Math.max(1, ceilDiv(threads, size));
  const y = ceilDiv(groups, MAX_WORKGROUPS);
  return [ceilDiv(groups, y), y];
}
