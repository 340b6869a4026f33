/** A graph lowered to kernels, as data. compile() creates buffers, pipelines and bind groups from it. */

import type { Candidates } from '../../shaders/plan/plan';

/** An array of numbers that kernels read or write. */
export interface BufferSpec {
  /** The name of the value, for labels and errors. */
  readonly name: string;
  /** How many numbers it contains, for the largest batch. */
  readonly length: number;
  /** The numbers of a constant; absent for all other values. */
  readonly data?: Float32Array | Uint32Array;
}

/** One node's kernel, with every plan for it. */
export interface StepSpec {
  /** The node's name, for labels and errors. */
  readonly node: string;
  /** The node's operator. */
  readonly op: string;
  /** The plans for it. */
  readonly candidates: Candidates;
  /** The number of the buffer of each operand of the plans, by the operand's name. */
  readonly operands: Readonly<Record<string, number>>;
  /** The number of the buffer that it writes. */
  readonly output: number;
  /** How many items it computes: the largest batch, or a fixed number. */
  readonly items: number;
  /** Whether the number of items is the batch, which may be smaller in a run. */
  readonly batched: boolean;
  /** Arithmetic operations of the operator's definition, for all `items`. */
  readonly flop: number;
}

/** How a tensor is stored in its buffer. */
export interface Placed {
  /** The buffer's number in `Program.buffers`. */
  readonly buffer: number;
  /** The tensor's dimensions, for the largest batch. */
  readonly shape: readonly number[];
  /** For each axis of `shape`, the distance between neighbours, in numbers. */
  readonly strides: readonly number[];
  /** Whether the first axis is the batch, which may be smaller in a run. */
  readonly batched: boolean;
}

/** An output of a program. */
export interface OutputSpec extends Placed {
  /** The value's name in the graph. */
  readonly name: string;
  /** Only for labels: the numbers are positions in this list. */
  readonly classes?: readonly number[] | readonly string[];
}

/** A graph lowered to kernels. */
export interface Program {
  /** The largest batch. */
  readonly batch: number;
  /** Why only whole batches of `batch` items can be run: what grows with the batch. Absent if smaller ones can. */
  readonly whole?: string;
  /** All buffers; the position of a buffer is its number. */
  readonly buffers: readonly BufferSpec[];
  /** The steps, in the order in which they run. */
  readonly steps: readonly StepSpec[];
  /** The graph's inputs. */
  readonly inputs: readonly (Placed & { readonly name: string })[];
  /** The graph's outputs. */
  readonly outputs: readonly OutputSpec[];
}
