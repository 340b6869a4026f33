/**
 * NumPy's .npy files. A file contains one array: a header in Python's syntax, then the bytes of the values.
 *
 * The format: NEP 1, and numpy.lib.format for versions 2 and 3.
 */

import { halfToNumber } from './half';

/** The type of the values in the file. `f16` is read as float32. A `bool` is a byte of 0 or 1. */
export type NpyType =
  | 'f16'
  | 'f32'
  | 'f64'
  | 'i8'
  | 'u8'
  | 'i16'
  | 'u16'
  | 'i32'
  | 'u32'
  | 'i64'
  | 'u64'
  | 'bool'
  | 'string';

/** The values in JavaScript. */
export type NpyData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | string[];

/** The array of a file. */
export interface NpyArray {
  /** The dimensions; [] for a single value. */
  readonly shape: readonly number[];
  /** The type of the values in the file. */
  readonly type: NpyType;
  /** The values, row-major; as many as the product of `shape`. */
  readonly data: NpyData;
}

/** A type of values: how many bytes one has, and a function that converts the bytes to an array. */
interface Format {
  readonly type: NpyType;
  readonly bytes: number;
  readonly read: (buffer: ArrayBuffer, count: number, fail: (what: string) => never) => NpyData;
}

const FORMATS: Readonly<Record<string, Format>> = {
  '<f2': { type: 'f16', bytes: 2, read: (b) => Float32Array.from(new Uint16Array(b), halfToNumber) },
  '<f4': { type: 'f32', bytes: 4, read: (b) => new Float32Array(b) },
  '<f8': { type: 'f64', bytes: 8, read: (b) => new Float64Array(b) },
  '|i1': { type: 'i8', bytes: 1, read: (b) => new Int8Array(b) },
  '|u1': { type: 'u8', bytes: 1, read: (b) => new Uint8Array(b) },
  '<i2': { type: 'i16', bytes: 2, read: (b) => new Int16Array(b) },
  '<u2': { type: 'u16', bytes: 2, read: (b) => new Uint16Array(b) },
  '<i4': { type: 'i32', bytes: 4, read: (b) => new Int32Array(b) },
  '<u4': { type: 'u32', bytes: 4, read: (b) => new Uint32Array(b) },
  '<i8': { type: 'i64', bytes: 8, read: (b) => new BigInt64Array(b) },
  '<u8': { type: 'u64', bytes: 8, read: (b) => new BigUint64Array(b) },
  '|b1': { type: 'bool', bytes: 1, read: (b) => new Uint8Array(b) },
};
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Reads a file of version 1, 2 or 3. The values may be little-endian floats of 2, 4 and 8 bytes, whole numbers of 1 to
 * 8 bytes, booleans, and strings (`<U`). Column-major data (`fortran_order`) are converted to row-major.
 *
 * @param bytes  the whole file
 * @param file  its name, for errors
 * @throws Error  `FILE: what is wrong`, in one line: if it is not such a file, if its version, its type or a character
 *   is not supported, or if the number of bytes does not match the shape
 */
export function parseNpy(bytes: Uint8Array, file = 'npy'): NpyArray {
  const fail = (what: string): never => {
    throw new Error(`${file}: ${what}`);
  };
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) fail('not a .npy file, which begins with \\x93NUMPY');
  if (bytes.length < 10) fail(`the header needs 10 bytes or more, but the file has ${bytes.length}`);
  const version = bytes[6];
  if (version < 1 || version > 3) fail(`version ${version}.${bytes[7]} is not read, only 1 to 3`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) fail(`the header needs ${start} bytes or more, but the file has ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < end) fail(`the header needs ${end} bytes, but the file has ${bytes.length}`);
  const header = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, end));

  const { descr, columnMajor, shape } =
    parseHeader(header) ?? fail(`the header is not as expected: ${header.trim()}`);
  const format =
    formatOf(descr) ?? fail(`type ${descr} is not read, only ${Object.keys(FORMATS).join(' ')} <U`);
  const count = shape.reduce((a, b) => a * b, 1);
  const expected = count * format.bytes;
  const found = bytes.length - end;
  if (found !== expected) {
    fail(`${format.type} of shape (${shape.join(',')}) is ${expected} bytes, but ${found} follow the header`);
  }
  // A copy, so that the numbers are aligned. The slice() of Node's Buffer would not copy.
  const body = bytes.buffer.slice(bytes.byteOffset + end, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const data = format.read(body, count, fail);
  return { shape, type: format.type, data: columnMajor && shape.length > 1 ? rowMajor(data, shape) : data };
}

/**
 * Returns an array as a file of version 1: float32, int32, int64 or strings (`<U`, as wide as the longest).
 *
 * @param array  row-major data, as long as the product of `shape`
 * @throws Error  if the length does not match the shape, or if a string ends in U+0000, which NumPy would remove
 */
export function formatNpy(array: {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | BigInt64Array | readonly string[];
}): Uint8Array {
  const { shape, data } = array;
  const count = shape.reduce((a, b) => a * b, 1);
  if (data.length !== count) {
    throw new Error(`npy: shape (${shape.join(',')}) has ${count} values, but data has ${data.length}`);
  }
  const [descr, body] = encode(data);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = 64 * Math.ceil((10 + header.length + 1) / 64);
  const file = new Uint8Array(start + body.length);
  file.set([...MAGIC, 1, 0, (start - 10) & 255, (start - 10) >> 8]);
  file.set(new TextEncoder().encode(`${header.padEnd(start - 11)}\n`), 10);
  file.set(body, start);
  return file;
}

function parseHeader(text: string): { descr: string; columnMajor: boolean; shape: number[] } | undefined {
  const descr = /['"]descr['"]\s*:\s*(?:'([^']*)'|"([^"]*)"|(\[.*?\])(?=\s*[,}]\s*(?:['"]|$)))/.exec(text);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const shape = /['"]shape['"]\s*:\s*\(([\d\sL,]*)\)/.exec(text);
  if (!descr || !order || !shape) return undefined;
  const sizes = shape[1].split(',').filter((size) => size.trim() !== '');
  return {
    descr: descr[1] ?? descr[2] ?? descr[3],
    columnMajor: order[1] === 'True',
    shape: sizes.map((size) => Number.parseInt(size, 10)),
  };
}

function formatOf(descr: string): Format | undefined {
  const width = /^<U(\d+)$/.exec(descr);
  if (!width) return Object.hasOwn(FORMATS, descr) ? FORMATS[descr] : undefined;
  return { type: 'string', bytes: 4 * Number(width[1]), read: decodeStrings };
}

/** Converts from column-major (the first index changes fastest) to row-major (the last index changes fastest). */
function rowMajor(data: NpyData, shape: readonly number[]): NpyData {
  const result = data.slice();
  const index = shape.map(() => 0);
  for (let to = 0; to < data.length; to++) {
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) from = from * shape[axis] + index[axis];
    result[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return result;
}

function encode(data: Float32Array | Int32Array | BigInt64Array | readonly string[]): [string, Uint8Array] {
  if (data instanceof Float32Array) return ['<f4', bytesOf(data)];
  if (data instanceof Int32Array) return ['<i4', bytesOf(data)];
  if (data instanceof BigInt64Array) return ['<i8', bytesOf(data)];
  const strings = data.map((text) => {
    if (text.endsWith('\0')) throw new Error(`npy: the string ${JSON.stringify(text)} ends in U+0000`);
    return Array.from(text, (character) => character.codePointAt(0)!);
  });
  const width = strings.reduce((most, points) => Math.max(most, points.length), 1);
  const codes = new Uint32Array(width * strings.length);
  for (const [n, points] of strings.entries()) codes.set(points, n * width);
  return [`<U${width}`, bytesOf(codes)];
}

/** Decodes UCS-4, where each string is padded with U+0000. */
function decodeStrings(buffer: ArrayBuffer, count: number, fail: (what: string) => never): string[] {
  const codes = new Uint32Array(buffer);
  const width = codes.length / count;
  const character = (code: number) =>
    code > 0x10ffff ? fail(`0x${code.toString(16)} is not a character`) : String.fromCodePoint(code);
  return Array.from({ length: count }, (_, n) =>
    Array.from(codes.subarray(n * width, (n + 1) * width), character)
      .join('')
      .replace(/\0+$/, ''),
  );
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
