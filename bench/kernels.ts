/** Every variant of every kernel on its timed cases: compared with the reference first, then timed on the GPU. */

import { allCases } from '../shaders/cases/all-cases';
import type { Gpu } from '../src/gpu/gpu';
import { createTimer } from '../src/gpu/timer';
import { bindCase, runCase } from '../test/run-case';
import { type Ceilings, measureCeilings } from './ceilings';

export interface KernelRow {
  readonly kernel: string;
  readonly case: string;
  readonly variant: string;
  readonly ms: number;
  /** Of the kernel's definition, whatever a variant computes to get there; and of the least it must move. */
  readonly gflops: number;
  readonly gbs: number;
  /** The least time that the ceilings allow, over the time it took; above 1 where a variant saves arithmetic. */
  readonly share: number;
}

export interface KernelResults {
  readonly adapter: string;
  readonly ceilings: Ceilings;
  readonly rows: readonly KernelRow[];
}

export interface KernelOptions {
  /** Beginnings of kernels' names; none: all. */
  readonly kernels: readonly string[];
  /** The cases for real GPUs alone, which take a software adapter minutes. */
  readonly large: boolean;
}

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
