/** Reads the tensors of ONNX files: TensorProto of onnx.proto. */

import type { PbfReader } from 'pbf';
import { type Constant, shapeText, sizeOf } from '../graph/graph';
import { halfToNumber } from './half';
import { bytesOf, nested, text } from './protobuf';

/** The supported values of TensorProto.DataType, and the bytes of a number in raw_data. */
const TYPES: Record<number, { name: string; bytes: number }> = {
  1: { name: 'float', bytes: 4 },
  2: { name: 'uint8', bytes: 1 },
  3: { name: 'int8', bytes: 1 },
  6: { name: 'int32', bytes: 4 },
  7: { name: 'int64', bytes: 8 },
  8: { name: 'string', bytes: 0 },
  9: { name: 'bool', bytes: 1 },
  10: { name: 'float16', bytes: 2 },
  11: { name: 'double', bytes: 8 },
};

/**
 * Reads a TensorProto.
 * @throws if its data is in another file or of an unsupported type, or if the number of values does not match its shape
 */
export function readTensor(pbf: PbfReader): { name: string; constant: Constant } {
  let name = '';
  let type = 0;
  let raw: Uint8Array | undefined;
  let external = false;
  const dims: number[] = [];
  const strings: string[] = [];
  let numbers: number[] = [];
  const int64 = (p: PbfReader) => {
    numbers = p.readPackedVarint(numbers, true);
  };
  nested(pbf, {
    1: (p) => p.readPackedVarint(dims, true),
    2: (p) => {
      type = p.readVarint();
    },
    4: (p) => {
      numbers = p.readPackedFloat(numbers);
    },
    5: int64,
    6: (p) => strings.push(text(p)),
    7: int64,
    8: (p) => {
      name = text(p);
    },
    9: (p) => {
      raw = bytesOf(p);
    },
    10: (p) => {
      numbers = p.readPackedDouble(numbers);
    },
    14: (p) => {
      external = p.readVarint() === 1;
    },
  });
  if (external) throw new Error(`tensor "${name}" is in another file: external data is not supported`);
  const known = TYPES[type];
  if (!known) throw new Error(`tensor "${name}" has data type ${type}, which is not supported`);
  if (known.name === 'string') return { name, constant: { type: 'string', shape: dims, data: strings } };

  const size = sizeOf(dims);
  const found = raw ? raw.length / known.bytes : numbers.length;
  if (found !== size)
    throw new Error(`tensor "${name}" of ${shapeText(dims)} needs ${size} numbers, but contains ${found}`);
  const data = raw
    ? decodeRaw(raw, known.name)
    : known.name === 'float16'
      ? numbers.map(halfToNumber)
      : numbers;
  const constant: Constant = /^(float|double)/.test(known.name)
    ? { type: 'float32', shape: dims, data: data instanceof Float32Array ? data : Float32Array.from(data) }
    : { type: known.name === 'bool' ? 'bool' : 'int64', shape: dims, data: Float64Array.from(data) };
  return { name, constant };
}

/** Decodes raw_data. It is little-endian, like every platform that has WebGPU. */
function decodeRaw({ buffer }: Uint8Array, type: string): ArrayLike<number> {
  switch (type) {
    case 'float':
      return new Float32Array(buffer);
    case 'float16':
      return Float32Array.from(new Uint16Array(buffer), halfToNumber);
    case 'double':
      return new Float64Array(buffer);
    case 'int64':
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case 'int32':
      return new Int32Array(buffer);
    case 'int8':
      return new Int8Array(buffer);
    default:
      return new Uint8Array(buffer);
  }
}
