/** onnxruntime-node, where the user has installed it. It is no dependency of the command. */

import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A tensor of onnxruntime. */
export interface OrtTensor {
  /** Its element type, such as `float32` or `int64`. */
  readonly type: string;
  /** Its dimensions. */
  readonly dims: readonly number[];
  /** Its values. */
  readonly data: ArrayLike<number | bigint | string | boolean>;
}

/** A model that onnxruntime has loaded. */
export interface OrtSession {
  /** The names and types of the inputs; absent before version 1.22. */
  readonly inputMetadata?: readonly { readonly name: string; readonly type?: string }[];
  /** Returns the named tensors. */
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: readonly string[],
  ): Promise<Record<string, OrtTensor>>;
}

/** What of onnxruntime-node is used. */
export interface Ort {
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<OrtSession> };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;
}

/** Loads onnxruntime-node from the current folder. @throws Error in one sentence, with the remedy, if it can't be loaded */
export function loadOrt(): Ort {
  const require = createRequire(join(process.cwd(), 'package.json'));
  try {
    return require('onnxruntime-node') as Ort;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'MODULE_NOT_FOUND' && message.includes("'onnxruntime-node'"))
      throw new Error(
        'onnxruntime-node is not installed in this folder: run "npm install onnxruntime-node" here, then this command again',
      );
    throw new Error(`onnxruntime-node can't be loaded: ${message}`);
  }
}

/**
 * Adds outputs to an ONNX file. In protobuf, a message that occurs twice is merged: so a second graph with only outputs
 * is appended.
 * @param names values that nodes compute, and that are no outputs yet
 */
export function withOutputs(model: Uint8Array, names: readonly string[]): Uint8Array {
  // ValueInfoProto.name is field 1, GraphProto.output field 12, ModelProto.graph field 7.
  const outputs = names.flatMap((name) => field(12, field(1, [...new TextEncoder().encode(name)])));
  const end = names.length ? field(7, outputs) : [];
  const bytes = new Uint8Array(model.length + end.length);
  bytes.set(model);
  bytes.set(end, model.length);
  return bytes;
}

/** A field of protobuf that has a length. */
const field = (number: number, content: readonly number[]): number[] => [
  (number << 3) | 2,
  ...varint(content.length),
  ...content,
];

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
