/** Compiles a dropped model at batch 1, and times it. */

import { compile, type Gpu, type Graph, type Network, type Tensor } from '../src/index';
import type { Outputs } from './model-results';

/** A compiled model. */
export interface Runner {
  /** The device that it was compiled for. */
  readonly gpu: Gpu;
  /** Milliseconds of compiling and the first run. */
  readonly first: number;
  /** Median milliseconds of a later run, with reading its outputs. */
  readonly warm: number;
  /** Runs it. @throws what `Network.run` throws */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Outputs>;
  /** Frees its buffers. */
  destroy(): void;
}

/** At most so many timed runs, and no further one after so many milliseconds. */
const RUNS = 15;
const MOST_TIME = 600;

/** Compiles a graph, and runs it on zeros. @throws what `compile` and `Network.run` throw */
export async function createRunner(gpu: Gpu, graph: Graph): Promise<Runner> {
  const started = performance.now();
  const network: Network = await compile(graph, gpu, { batch: 1, tuning: false });
  try {
    const zeros = Object.fromEntries(
      network.inputs.map(({ name, shape }) => {
        const data = new Float32Array(shape.reduce((n, d) => n * d, 1));
        return [name, { shape, data }];
      }),
    );
    await network.run(zeros);
    const first = performance.now() - started;
    const times: number[] = [];
    const begun = performance.now();
    while (times.length < RUNS && (!times.length || performance.now() - begun < MOST_TIME)) {
      const start = performance.now();
      await network.run(zeros);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const warm = times[times.length >> 1];
    return { gpu, first, warm, run: (inputs) => network.run(inputs), destroy: () => network.destroy() };
  } catch (error) {
    network.destroy();
    throw error;
  }
}
