/** Times every variant of every kernel on its timed cases, after a comparison with the reference. */

import { allCases } from '../shaders/cases/all-cases';
import type { Gpu } from '../src/gpu/gpu';
import { createTimer } from '../src/gpu/timer';
import { bindCase, runCase } from '../test/run-case';
import { type Ceilings, measureCeilings } from './ceilings';

/** The result for one variant of a kernel on one case. */
export interface KernelRow {
  /** Name of the kernel. */
  readonly kernel: string;
  /** Name of the case. */
  readonly case: string;
  /** Name of the variant. */
  readonly variant: string;
  /** GPU time in milliseconds. */
  readonly ms: number;
  /** GFLOP/s, counted by the kernel's definition, not by the arithmetic of the variant. */
  readonly gflops: number;
  /** GB/s, counted by the minimum number of bytes to read and write. */
  readonly gbs: number;
  /** Minimum time by the ceilings, divided by the measured time. It is above 1 if a variant saves arithmetic. */
  readonly share: number;
}

/** The results of the benchmark. */
export interface KernelResults {
  /** Name of the adapter. */
  readonly adapter: string;
  /** Maximum rates of the adapter. */
  readonly ceilings: Ceilings;
  /** A row for each variant and case. */
  readonly rows: readonly KernelRow[];
}

/** Options of the benchmark. */
export interface KernelOptions {
  /** Prefixes of the kernels' names. If it is empty, all kernels are measured. */
  readonly kernels: readonly string[];
  /** Whether to measure the large cases, which take minutes on a software adapter, instead of the small ones. */
  readonly large: boolean;
}

/**
 * Compares every variant with the reference, and times it.
 * @throws Error if a variant's result is wrong
 */
export async function measureKernels(gpu: Gpu, options: KernelOptions): Promise<KernelResults> {
  const ceilings = await measureCeilings(gpu);
  const timer = createTimer(gpu);
  const rows: KernelRow[] = [];
  for (const { kernel, cases } of allCases) {
    if (options.kernels.length && !options.kernels.some((start) => kernel.startsWith(start))) continue;
    for (const each of cases) {
      if (each.timed !== (options.large ? 'large' : true)) continue;
      await runCase(gpu, kernel, each);
      const { candidates, operands, expected, batch, cost } = each.build();
      for (const plan of candidates.ranked) {
        if (plan.features?.some((feature) => !gpu.features.has(feature))) continue;
        const bound = await bindCase(gpu, kernel, plan, operands, expected.length);
        const ms = await timer.time((pass) => bound.record(pass, batch));
        bound.destroy();
        const least = Math.max(cost.flop / ceilings.gflops, cost.bytes / ceilings.gbs) / 1e6;
        rows.push({
          ...{ kernel, case: each.name, variant: plan.variant, ms },
          ...{ gflops: cost.flop / ms / 1e6, gbs: cost.bytes / ms / 1e6, share: least / ms },
        });
      }
    }
  }
  timer.destroy();
  return { adapter: gpu.adapter, ceilings, rows };
}
