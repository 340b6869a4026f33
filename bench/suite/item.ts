/** What can be measured: a row of the report before it has a value. */

import type { WgslFile } from '../../shaders/plan/plan';
import type { Pixels, Source } from '../../src';
import type { Gpu } from '../../src/gpu/gpu';
import type { Timer } from '../../src/gpu/timer';
import type { Sample } from './method';
import type { Row } from './report';

/** What the items of a run share. */
export interface Bench {
  readonly gpu: Gpu;
  readonly timer: Timer;
  /** GFLOP/s of the adapter, as far as it is known yet. */
  peak(): number;
  /** The photo that the faces are cut from. @throws Error if it can't be loaded */
  photo(): Promise<Pixels>;
  /** The address of the folder with the shipped models; default: beside the code. */
  readonly models?: { readonly detector: Source; readonly expression: Source };
}

/** An item that is ready to be measured. Its results have been checked. */
export interface Ready {
  /** Takes a sample, in milliseconds per repetition. */
  readonly sample: Sample;
  /** Converts milliseconds per repetition to the row's unit. */
  value(ms: number): number;
  /** Maximum number of repetitions in a sample. */
  readonly repetitions?: number;
  /** Further fields of the row. */
  readonly more?: Pick<Row, 'flop' | 'bytes'>;
  /** Maximum number of samples. Default: no limit. */
  readonly samples?: number;
  /** Percentiles of the samples that become `Row.more`, such as 90. */
  readonly percentiles?: readonly number[];
  destroy(): void;
}

/** Something that can be measured. */
export interface Item extends Pick<Row, 'id' | 'group' | 'title' | 'unit'> {
  /** The WGSL that is measured, for readers. */
  readonly wgsl?: readonly WgslFile[];
  /** The `override` constants of its kernels, for readers. */
  readonly constants?: Readonly<Record<string, number>>;
  /**
   * Compiles it, checks its result and makes it ready.
   * @returns why it can't be measured on this GPU, if it can't
   * @throws Error if a result is wrong
   */
  prepare(bench: Bench): Promise<Ready | string>;
}

/** Items that are prepared together, such as all variants of a kernel on one layer. */
export interface Entry extends Pick<Row, 'group' | 'title'> {
  /** Whether the profile `quick` contains it. */
  readonly quick?: boolean;
  /** Builds the items. */
  items(): readonly Item[];
}

/** An entry with one item. */
export const single = (item: Item, quick = false): Entry => ({
  ...{ group: item.group, title: item.title, quick, items: () => [item] },
});

/** A sample of work on the CPU and the GPU: `once` is called `repetitions` times in turn. */
export const wallClock =
  (once: (repetition: number) => Promise<unknown> | undefined): Sample =>
  async (repetitions) => {
    const started = performance.now();
    for (let i = 0; i < repetitions; i++) await once(i);
    return (performance.now() - started) / repetitions;
  };
