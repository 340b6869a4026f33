/** The arrays that commands take: .npy files, and the arrays in .npz files. */

import { inflateRawSync } from 'node:zlib';
import { type NpyArray, parseNpy } from '../formats/npy';
import type { Tensor } from '../network/inputs';
import { readBytes } from './files';

/**
 * Reads an array of numbers. In FILE.npz, the array must be the only one, or `FILE.npz:NAME` names it.
 * @throws Error `FILE: REASON`, also if a number is not exact in f32
 */
export async function readTensorFile(path: string): Promise<Tensor> {
  const [, file, name] = /^(.*\.npz)(?::([^\\/]+))?$/i.exec(path) ?? [];
  if (!file) return exact(parseNpy(await readBytes(path), path), path);
  const arrays = unzip(await readBytes(file), file);
  const names = [...arrays.keys()].map((entry) => entry.replace(/\.npy$/, ''));
  const wanted = name ?? (names.length === 1 ? names[0] : undefined);
  const bytes = arrays.get(`${wanted}.npy`);
  if (!bytes)
    throw new Error(
      name === undefined
        ? `${file}: contains ${names.length} arrays (${names.join(', ')}); add a colon and the name of one, such as ${file}:${names[0]}`
        : `${file}: contains no array ${name}, but ${names.join(', ')}`,
    );
  return exact(parseNpy(bytes, `${file}:${wanted}`), `${file}:${wanted}`);
}

/** Converts an array to f32. @throws Error with the first value that f32 does not have; NaN stays NaN */
function exact({ shape, type, data }: NpyArray, file: string): Tensor {
  if (type === 'string') throw new Error(`${file}: contains strings, but numbers are needed`);
  if (data instanceof Float32Array) return { shape, data };
  const numbers = new Float32Array(data.length);
  const values = data as ArrayLike<number | bigint>;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const near = Math.fround(Number(value));
    const isExact = typeof value === 'bigint' ? BigInt(near) === value : Object.is(near, value);
    if (!isExact)
      throw new Error(
        `${file}: value ${i} is ${value} (${type}), and the nearest f32 number is ${near}; convert the array with .astype("float32") if this is near enough`,
      );
    numbers[i] = near;
  }
  return { shape, data: numbers };
}

/**
 * Returns the files in a zip archive: those that are stored, and those that are compressed with DEFLATE.
 * (APPNOTE.TXT of PKWARE: the central directory is at the end of the file.)
 * @throws Error if it is no such archive
 */
function unzip(bytes: Uint8Array, file: string): Map<string, Uint8Array> {
  const fail = (what: string): never => {
    throw new Error(`${file}: ${what}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) fail('not a .npz file, or it is cut off');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff) fail('archives over 4 GiB are not supported');
  const files = new Map<string, Uint8Array>();
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) fail('its list of arrays is damaged');
    const [method, packed, size] = [
      view.getUint16(at + 10, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 24, true),
    ];
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (packed === 0xffffffff || size === 0xffffffff || local === 0xffffffff)
      fail(`${name} is over 4 GiB, which is not supported`);
    if (local + 30 > bytes.length) fail(`${name} is cut off`);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (start + packed > bytes.length) fail(`${name} is cut off`);
    if (method !== 0 && method !== 8)
      fail(`${name} is compressed with method ${method}; only 0 (stored) and 8 (DEFLATE) are supported`);
    const body = bytes.subarray(start, start + packed);
    const data = method ? inflate(body, size, () => fail(`${name} is damaged`)) : body;
    if (data.length !== size) fail(`${name} has ${data.length} bytes, but its list says ${size}`);
    files.set(name, data);
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

function inflate(bytes: Uint8Array, size: number, fail: () => never): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(size, 1) });
  } catch {
    return fail();
  }
}
