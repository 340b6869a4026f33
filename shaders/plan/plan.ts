/**
 * What a kernel's folder hands to the engine: dispatches as data. Nothing here knows of a device, a graph
 * or a model.
 *
 * Every dimension that a kernel needs is an `override` constant, fixed when the network is compiled. The batch
 * alone may be smaller at run time than at compile time: it only scales one axis of the grid.
 */

/**
 * A WGSL module: its files are joined in this order. The kernel itself is the last one; the snippets that it shares with
 * other kernels come before it, since naga (Firefox, Deno) can fail on an `override` that follows a kernel.
 */
export interface Kernel {
  /** Unique: it contains the values that are fixed in the text, such as `dense-tiled 4x8, 16 lanes`. */
  readonly name: string;
  /** The files that are joined, each with its name and its text. */
  readonly files: readonly WgslFile[];
}

/** A file of WGSL. */
export interface WgslFile {
  /** Such as `dense.wgsl`, for errors. */
  readonly name: string;
  /** Its text. */
  readonly code: string;
}

/** How a kernel sees a picture: as a texture of the device, or as a video's frame where the browser holds it. */
export type PictureKind = 'texture' | 'external';

/** One dispatch. */
export interface Pass {
  /** What is dispatched. */
  readonly kernel: Kernel;
  /** The values of its `override` constants. */
  readonly constants: Readonly<Record<string, number>>;
  /** Names of operands, in the order of `@binding`. The last is written, the others are read. */
  readonly bindings: readonly string[];
  /** Whole numbers that the kernel reads as uniforms, at the bindings behind these: any-size.ts. */
  readonly sizes?: readonly number[];
  /** A picture to be bound as group 1: one bind group serves every kernel that looks at it. */
  readonly picture?: PictureKind;
  /** Workgroups for `itemsPerWorkgroup` items of the batch. For n items the batch's axis is multiplied by n and rounded up. */
  readonly workgroups: readonly [x: number, y: number, z: number];
  /** The axis of `workgroups` that the batch multiplies; absent where the work doesn't depend on the batch. */
  readonly batchAxis?: 0 | 1 | 2;
  /** Items of the batch that the workgroups along `batchAxis` compute; default 1. */
  readonly itemsPerWorkgroup?: number;
}

/** One way to compute an operator on given shapes. */
export interface Plan {
  /** Its name, after its idea: `plain`, or such as `tiled 4x8`. */
  readonly variant: string;
  readonly passes: readonly Pass[];
  /** WebGPU features that the device must have. */
  readonly features?: readonly string[];
  /** Not for software adapters, which only emulate what makes it fast. */
  readonly hardware?: boolean;
  /** Operands between the passes, by name: how many numbers each takes. */
  readonly scratch?: Readonly<Record<string, number>>;
  /** Operands that this plan reads in another order than the graph's: packed once, when weights are uploaded. */
  readonly pack?: Readonly<Record<string, (data: Float32Array) => Float32Array | Uint32Array>>;
}

/** Every plan for one step of a network. */
export interface Candidates {
  /** What a network starts with: every device can run it, and the driver compiles it soonest. One of `ranked`. */
  readonly start: Plan;
  /**
   * All of them, the one that is fastest on most GPUs first. The first that the device can run is taken until the variants
   * were timed, and they are timed in this order.
   */
  readonly ranked: readonly Plan[];
}

/** A pass whose z is the batch. */
type ItemPass = Omit<Pass, 'batchAxis' | 'itemsPerWorkgroup'>;

/** The plain plan, of one pass whose z is the batch. */
export const plainPlan = (pass: ItemPass): Plan => ({
  variant: 'plain',
  passes: [{ ...pass, batchAxis: 2 }],
});

/** The candidates where there is only one plan, of one pass. */
export function only(pass: Pass): Candidates {
  const plan = { variant: 'plain', passes: [pass] };
  return { start: plan, ranked: [plan] };
}

/** The same, where z is the batch. */
export const onlyPlain = (pass: ItemPass): Candidates => only({ ...pass, batchAxis: 2 });

/** WebGPU's guaranteed limit of workgroups along an axis. */
export const MAX_WORKGROUPS = 65535;

/** The workgroups of a pass for `batch` items. */
export function workgroupsFor(pass: Pass, batch: number): [number, number, number] {
  const counts: [number, number, number] = [...pass.workgroups];
  if (pass.batchAxis !== undefined)
    counts[pass.batchAxis] = ceilDiv(counts[pass.batchAxis] * batch, pass.itemsPerWorkgroup ?? 1);
  return counts;
}

/** WGSL's overrides know no infinity: the largest finite f32 stands for it. */
export const finite = (v: number): number =>
  Math.min(Math.max(v, -3.4028234663852886e38), 3.4028234663852886e38);

export const ceilDiv = (a: number, b: number): number => Math.ceil(a / b);

/**
 * Tensors of rank 4 pass between convolutions in NHWC with the channels filled up to a multiple of four, so that
 * a pixel's channels are whole `vec4f`s: "nhwc4". The lanes past C hold finite numbers without meaning.
 */
export const channels4 = (channels: number): number => ceilDiv(channels, 4) * 4;

/** The data with zeros behind it, `length` numbers in all. */
export function fill(data: Float32Array, length: number): Float32Array {
  const filled = new Float32Array(length);
  filled.set(data);
  return filled;
}

/** x and y counts that cover `threads` threads in workgroups of `size`, neither above the limit. */
export function line(threads: number, size: number): [number, number] {
  const groups = Math.max(1, ceilDiv(threads, size));
  const y = ceilDiv(groups, MAX_WORKGROUPS);
  return [ceilDiv(groups, y), y];
}
