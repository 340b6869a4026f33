/** The tuning of commands that run a network on many batches. */

import type { Network } from '../network/network';
import type { TuningOptions } from '../network/tuning';
import { fileStore, remembered } from './tuning-file';

/** How a job tunes its network. */
export interface JobTuning {
  /** The option for compile(). */
  readonly tuning: TuningOptions;
  /**
   * To be called after the first batch: measures the kernels, for a share of the time that the other batches would take.
   * @param ms how long the first batch took
   */
  afterFirst(network: Network, ms: number): Promise<void>;
}

/** A job of fewer batches than this uses only the times that are stored. */
const MANY = 4;
/** The part of a job's time that measuring may take. */
const SHARE = 0.1;

/** Chooses how a job of `batches` batches tunes its network. */
export function jobTuning(batches: number): JobTuning {
  if (batches < MANY) return { tuning: remembered, afterFirst: async () => undefined };
  let settle: (budget: number) => void = () => undefined;
  const budget = new Promise<number>((resolve) => {
    settle = resolve;
  });
  return {
    tuning: { budget, store: fileStore },
    async afterFirst(network, ms) {
      settle(SHARE * ms * (batches - 1));
      await network.tuned;
    },
  };
}
