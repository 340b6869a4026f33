/** Experiments that are timed: memory spaces, strides, and divergence. Each also returns whether its result is right. */

import type { Kernel } from '../../shaders/plan/plan';
import type { Gpu } from '../../src/gpu/gpu';
import { kernels } from './kernels';
import { type Measured, measure, type Numbers, upload } from './launch';

/** A kernel's time on this GPU. */
export interface Speed {
  /** Milliseconds of one dispatch. */
  readonly ms: number;
  /** Whether the numbers that it wrote are the right ones. */
  readonly isRight: boolean;
}

/** Sums with each of two memories. */
export interface Sums {
  readonly storage: Speed;
  readonly workgroup: Speed;
  /** How many numbers each of the two kernels read in its loop. */
  readonly reads: number;
}

/** Measures the sums that read from storage, and those that read from workgroup memory. */
export async function measureSums(gpu: Gpu): Promise<Sums> {
  const { groups, ROUNDS } = gpu.isSoftware ? { groups: 128, ROUNDS: 256 } : { groups: 4096, ROUNDS: 1024 };
  const x = Uint32Array.from({ length: 64 * groups }, (_, at) => at % 1000);
  const sums = sumsOf(x, ROUNDS);
  const speedOf = async (kernel: Kernel): Promise<Speed> => {
    const { y, ms } = await measure(gpu, {
      kernel,
      constants: { ROUNDS },
      workgroups: [groups, 1],
      x,
      length: x.length,
    });
    return { ms, isRight: y.every((value, at) => value === sums[Math.floor(at / 64)]) };
  };
  return {
    storage: await speedOf(kernels.sumStorage),
    workgroup: await speedOf(kernels.sumWorkgroup),
    reads: x.length * ROUNDS,
  };
}

/** The sum that each workgroup's invocations get. All get the same, because `rounds` is a multiple of 64. */
function sumsOf(x: Numbers, rounds: number): number[] {
  return Array.from(
    { length: x.length / 64 },
    (_, group) => x.subarray(64 * group, 64 * group + 64).reduce((a, b) => a + b, 0) * (rounds / 64),
  );
}

/** The strides that are measured. */
export const STRIDES = [1, 2, 4, 8, 16, 32, 64] as const;

/** The rate of reading with a stride. */
export interface StrideSpeed extends Speed {
  readonly stride: number;
  /** 10^9 bytes per second, where each number that is added counts as four bytes. */
  readonly gbs: number;
}

/** Rates of reading with each stride, and how many numbers each of the kernels read. */
export interface Strides {
  readonly speeds: readonly StrideSpeed[];
  readonly numbers: number;
}

/** Numbers to read: those of slow GPUs, and those of GPUs that read the former in less than `FAST` ms. */
const FEW = 2 ** 20;
const MANY = 2 ** 24;
const FAST = 1;

/** Measures the same number of loads with each stride. */
export async function measureStrides(gpu: Gpu): Promise<Strides> {
  const few = await stridesOf(gpu, FEW, [1]);
  const isFast = few[0].ms < FAST && gpu.limits.maxStorageBufferBindingSize >= 4 * MANY;
  const numbers = isFast && !gpu.isSoftware ? MANY : FEW;
  return { numbers, speeds: await stridesOf(gpu, numbers, STRIDES) };
}

async function stridesOf(gpu: Gpu, N: number, strides: readonly number[]): Promise<StrideSpeed[]> {
  const x = upload(gpu, 'strides: x', numbersTo(N));
  const sum = Number(((BigInt(N) * BigInt(N - 1)) / 2n) & 0xffff_ffffn);
  try {
    const speeds: StrideSpeed[] = [];
    for (const stride of strides) {
      const { y, ms } = await measure(gpu, {
        kernel: kernels.strided,
        constants: { N, STRIDE: stride },
        workgroups: [N / 4096, 1],
        x,
        length: N / 64,
      });
      speeds.push({ stride, ms, gbs: (4 * N) / ms / 1e6, isRight: totalOf(y) === sum });
    }
    return speeds;
  } finally {
    x.destroy();
  }
}

function numbersTo(length: number): Numbers {
  const numbers = new Uint32Array(length);
  for (let i = 0; i < length; i++) numbers[i] = i;
  return numbers;
}

/** The sum modulo 2^32, as u32 adds. */
const totalOf = (y: Numbers): number => y.reduce((a, b) => (a + b) >>> 0, 0);

/** The times of the same items in two orders. */
export interface Orders {
  /** Even and odd items in turn. */
  readonly mixed: Speed;
  /** First all even items, then all odd ones. */
  readonly sorted: Speed;
  readonly items: number;
}

/** Measures work that every second item needs, with the items in turn and sorted. */
export async function measureDivergence(gpu: Gpu): Promise<Orders> {
  const [items, ROUNDS] = gpu.isSoftware ? [2 ** 14, 256] : [2 ** 20, 512];
  const mixed = numbersTo(items);
  const half = items / 2;
  const sorted = mixed.map((at) => (at < half ? 2 * at : 2 * (at - half) + 1));
  const time = (x: Numbers): Promise<Measured> =>
    measure(gpu, {
      kernel: kernels.divergence,
      constants: { ROUNDS },
      workgroups: [items / 64, 1],
      x,
      length: items,
    });
  const [a, b] = [await time(mixed), await time(sorted)];
  const isRight = (x: Numbers, y: Numbers) => SAMPLED.every((at) => y[at] === scrambled(x[at], ROUNDS));
  return {
    items,
    mixed: { ms: a.ms, isRight: isRight(mixed, a.y) },
    sorted: {
      ms: b.ms,
      isRight: isRight(sorted, b.y) && b.y.every((value, at) => value === a.y[sorted[at]]),
    },
  };
}

/** The items that are also computed on the CPU. All others are compared between the two orders. */
const SAMPLED = Array.from({ length: 256 }, (_, at) => at * 61);

/** What divergence.wgsl writes for an item. */
export function scrambled(item: number, rounds: number): number {
  let v = item + 1;
  if (item % 2 === 0) return v;
  for (let i = 0; i < rounds; i++) {
    v ^= v << 13;
    v ^= v >>> 17;
    v ^= v << 5;
  }
  return v >>> 0;
}
