/** A graph lowered to kernels, as data: what compile() turns into buffers, pipelines and bind groups. */

import type { Candidates } from '../../shaders/plan/plan';

/** A run of numbers that kernels read and write. */
export interface BufferSpec {
  readonly name: string;
  /** Numbers, for all `items`. */
  readonly length: number;
  /** Known beforehand. */
  readonly data?: Float32Array | Uint32Array;
}

/** One node's kernel, with every plan for it. */
export interface StepSpec {
  /** The node's name and operator: labels and errors. */
  readonly node: string;
  readonly op: string;
  readonly candidates: Candidates;
  /** For each of the plans' operands, a buffer's number. */
  readonly operands: Readonly<Record<string, number>>;
  readonly output: number;
  /** How many items: the network's batch, which may shrink, or a fixed number. */
  readonly items: number;
  readonly batched: boolean;
  /** Arithmetic operations of the operator's definition, for all `items`. */
  readonly flop: number;
}

/** How a tensor lies in its buffer. */
export interface Placed {
  readonly buffer: number;
  readonly shape: readonly number[];
  /** A number for each axis of `shape`: how far apart neighbours lie. */
  readonly strides: readonly number[];
  /** Whether the first axis is the batch, which may be smaller in a run. */
  readonly batched: boolean;
}

export interface OutputSpec extends Placed {
  readonly name: string;
  /** The numbers are places in this list. */
  readonly classes?: readonly number[] | readonly string[];
}

export interface Program {
  readonly batch: number;
  readonly buffers: readonly BufferSpec[];
  readonly steps: readonly StepSpec[];
  readonly inputs: readonly (Placed & { readonly name: string })[];
  readonly outputs: readonly OutputSpec[];
}
