/** Reads the tensors of ONNX files: TensorProto of onnx.proto. */

import { PbfReader } from 'pbf';
import { type Constant, floats, shapeText, sizeOf } from '../graph/graph';
import { halfToNumber } from './half';
import { bytesOf, type Fields, message, nested, text } from './protobuf';

/** The supported values of TensorProto.DataType, and the bytes of a number in raw_data. */
const TYPES: Record<number, { name: string; bytes: number }> = {
  1: { name: 'float', bytes: 4 },
  2: { name: 'uint8', bytes: 1 },
  3: { name: 'int8', bytes: 1 },
  4: { name: 'uint16', bytes: 2 },
  5: { name: 'int16', bytes: 2 },
  6: { name: 'int32', bytes: 4 },
  7: { name: 'int64', bytes: 8 },
  8: { name: 'string', bytes: 0 },
  9: { name: 'bool', bytes: 1 },
  10: { name: 'float16', bytes: 2 },
  11: { name: 'double', bytes: 8 },
  12: { name: 'uint32', bytes: 4 },
  21: { name: 'uint4', bytes: 0.5 },
  22: { name: 'int4', bytes: 0.5 },
};

/** A tensor whose data is in another file. */
export interface ExternalData {
  /** The other file's path, relative to the model. */
  readonly location: string;
  /** Reads the tensor from the content of the other file. @throws if the file is too short */
  read(file: Uint8Array): Constant;
}

/** A TensorProto: its name, and either its values or where they are. */
export type NamedTensor = { readonly name: string } & (
  | { readonly constant: Constant; readonly external?: undefined }
  | { readonly constant?: undefined; readonly external: ExternalData }
);

/**
 * Reads a file that contains one TensorProto, such as `input_0.pb` of ONNX's tests.
 * @throws Error `FILE: what is wrong`: what `readTensor` throws, or if the file is damaged
 */
export function parseTensor(bytes: Uint8Array, file: string): NamedTensor {
  try {
    // A Uint8Array, since the slice() of Node's Buffer would not copy.
    const pbf = new PbfReader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return readTensor(pbf, (p, fields) => message(p, p.length, fields));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}

/**
 * Reads a TensorProto.
 * @param fields reads its fields; default: those of a message inside another one
 * @throws if its type is not supported, or if the number of values does not match its shape
 */
export function readTensor(
  pbf: PbfReader,
  fields: (pbf: PbfReader, fields: Fields) => void = nested,
): NamedTensor {
  let name = '';
  let type = 0;
  let raw: Uint8Array | undefined;
  let external = false;
  const entries = new Map<string, string>();
  const dims: number[] = [];
  const strings: string[] = [];
  let numbers: number[] = [];
  const int64 = (p: PbfReader) => {
    numbers = p.readPackedVarint(numbers, true);
  };
  fields(pbf, {
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
    13: (p) => readEntry(p, entries),
    14: (p) => {
      external = p.readVarint() === 1;
    },
  });
  if (external) return { name, external: externalOf(name, type, dims, entries) };
  return { name, constant: constantOf(name, type, dims, raw ?? numbers, strings) };
}

/** Reads a StringStringEntryProto. */
function readEntry(pbf: PbfReader, entries: Map<string, string>): void {
  let [key, value] = ['', ''];
  nested(pbf, {
    1: (p) => {
      key = text(p);
    },
    2: (p) => {
      value = text(p);
    },
  });
  entries.set(key, value);
}

/** Where a tensor is, by ONNX's keys: location, offset (default 0), length (default: to the end), in bytes. */
function externalOf(
  name: string,
  type: number,
  dims: readonly number[],
  entries: ReadonlyMap<string, string>,
): ExternalData {
  const location = entries.get('location') ?? '';
  return {
    location,
    read(file) {
      const start = Number(entries.get('offset') ?? 0);
      const end = start + Number(entries.get('length') ?? file.length - start);
      if (!(start >= 0 && end >= start && end <= file.length))
        throw new Error(
          `tensor "${name}" ends at byte ${end} of "${location}", which has ${file.length} bytes`,
        );
      return constantOf(name, type, dims, file.slice(start, end), []);
    },
  };
}

/** @param values the content of raw_data, or numbers */
function constantOf(
  name: string,
  type: number,
  dims: readonly number[],
  values: Uint8Array | readonly number[],
  strings: readonly string[],
): Constant {
  const known = TYPES[type];
  if (!known) throw new Error(`tensor "${name}" has data type ${type}, which is not supported`);
  if (known.name === 'string') return { type: 'string', shape: dims, data: strings };

  const size = sizeOf(dims);
  const raw = values instanceof Uint8Array ? values : undefined;
  if (known.bytes === 0.5)
    return { type: 'int64', shape: dims, data: halfBytes(name, values, dims, known.name), dataType: type };
  const found = values.length / (raw ? known.bytes : 1);
  if (found !== size)
    throw new Error(`tensor "${name}" of ${shapeText(dims)} needs ${size} numbers, but contains ${found}`);
  const data = raw
    ? decodeRaw(raw, known.name)
    : known.name === 'float16'
      ? Array.from(values, halfToNumber)
      : values;
  if (/^(float|double)/.test(known.name))
    return floats(dims, data instanceof Float32Array ? data : Float32Array.from(data));
  const whole = { shape: dims, data: Float64Array.from(data) };
  if (known.name === 'bool') return { type: 'bool', ...whole };
  return { type: 'int64', ...whole, ...(type === 7 ? {} : { dataType: type }) };
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
    case 'uint32':
      return new Uint32Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'uint16':
      return new Uint16Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'int8':
      return new Int8Array(buffer);
    default:
      return new Uint8Array(buffer);
  }
}

/** Numbers of four bits, two in a byte: the first in its lower half. @throws if there are not enough bytes */
function halfBytes(
  name: string,
  bytes: Uint8Array | readonly number[],
  dims: readonly number[],
  type: string,
): Float64Array {
  const size = sizeOf(dims);
  if (bytes.length !== Math.ceil(size / 2))
    throw new Error(
      `tensor "${name}" of ${shapeText(dims)} needs ${size} numbers, but contains ${2 * bytes.length}`,
    );
  return Float64Array.from({ length: size }, (_, i) => {
    const bits = (bytes[i >> 1] >> (i & 1 ? 4 : 0)) & 15;
    return type === 'int4' && bits > 7 ? bits - 16 : bits;
  });
}
