import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseLibsvmModel } from '../../src/formats/libsvm-model';
import { formatNpy, type NpyArray, type NpyData, parseNpy } from '../../src/formats/npy';
import { predictSvm, widen } from '../svm-reference';

/** Returns an .npy file with this header and body. */
function npy(header: string, body: ArrayBufferView | readonly number[], version = 1): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  const length =
    version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  const bytes = ArrayBuffer.isView(body)
    ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
    : body;
  return new Uint8Array([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    version,
    0,
    ...length,
    ...text,
    ...bytes,
  ]);
}
const header = (descr: string, shape: string, fortran = false) =>
  `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`;

describe('parseNpy', () => {
  test.each<[string, string, ArrayBufferView, NpyData]>([
    ['<f4', 'f32', new Float32Array([1.5, -2]), new Float32Array([1.5, -2])],
    ['<f8', 'f64', new Float64Array([0.1, -2]), new Float64Array([0.1, -2])],
    ['|i1', 'i8', new Int8Array([1, -2]), new Int8Array([1, -2])],
    ['|u1', 'u8', new Uint8Array([1, 254]), new Uint8Array([1, 254])],
    ['<i2', 'i16', new Int16Array([1, -2]), new Int16Array([1, -2])],
    ['<u2', 'u16', new Uint16Array([1, 65534]), new Uint16Array([1, 65534])],
    ['<i4', 'i32', new Int32Array([1, -2]), new Int32Array([1, -2])],
    ['<u4', 'u32', new Uint32Array([1, 2 ** 32 - 2]), new Uint32Array([1, 2 ** 32 - 2])],
    ['<i8', 'i64', new BigInt64Array([1n, -2n]), new BigInt64Array([1n, -2n])],
    ['<u8', 'u64', new BigUint64Array([1n, 2n ** 64n - 2n]), new BigUint64Array([1n, 2n ** 64n - 2n])],
    ['|b1', 'bool', new Uint8Array([1, 0]), new Uint8Array([1, 0])],
    ['<U2', 'string', new Uint32Array([0x61, 0, 0x1f600, 0xe4]), ['a', '😀ä']],
  ])('reads %s as %s', (descr, type, body, data) => {
    // Three versions with three offsets of the values. None of the offsets is a multiple of 8.
    for (const version of [1, 2, 3]) {
      expect(parseNpy(npy(header(descr, '(2,)'), body, version))).toEqual({ shape: [2], type, data });
    }
  });

  test('reads <f2: normal, denormal, zeros, infinities, nan', () => {
    const halves = [
      0x3c00, 0xc000, 0x3555, 0x7bff, 0x0400, 0x0001, 0x83ff, 0, 0x8000, 0x7c00, 0xfc00, 0x7e00,
    ];
    const numbers = [1, -2, 0.333251953125, 65504, 2 ** -14, 2 ** -24, -1023 * 2 ** -24, 0, -0];
    const all = [...numbers, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    expect(parseNpy(npy(header('<f2', '(12,)'), new Uint16Array(halves)))).toEqual({
      shape: [12],
      type: 'f16',
      data: new Float32Array(all),
    });
  });

  test('turns column-major data into row-major ones', () => {
    // Element (i,j,k) of (2,3,4) is 100i + 10j + k.
    const rowMajor: number[] = [];
    const columnMajor: number[] = [];
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 3; j++) for (let k = 0; k < 4; k++) rowMajor.push(100 * i + 10 * j + k);
    for (let k = 0; k < 4; k++)
      for (let j = 0; j < 3; j++) for (let i = 0; i < 2; i++) columnMajor.push(100 * i + 10 * j + k);
    const read = parseNpy(npy(header('<i4', '(2, 3, 4)', true), new Int32Array(columnMajor)));
    expect(read).toEqual({ shape: [2, 3, 4], type: 'i32', data: new Int32Array(rowMajor) });
    const strings = parseNpy(npy(header('<U1', '(2, 2)', true), new Uint32Array([97, 98, 99, 100])));
    expect(strings.data).toEqual(['a', 'c', 'b', 'd']);
    expect(parseNpy(npy(header('<i4', '(3,)', true), new Int32Array([1, 2, 3]))).data).toEqual(
      new Int32Array([1, 2, 3]),
    );
  });

  test('reads a single value, no values, and empty strings', () => {
    expect(parseNpy(npy(header('<f4', '()'), new Float32Array([7])))).toMatchObject({ shape: [] });
    expect(parseNpy(npy(header('<f4', '(0, 3)'), []))).toMatchObject({
      shape: [0, 3],
      data: new Float32Array(0),
    });
    expect(parseNpy(npy(header('<U0', '(2,)'), []))).toEqual({ shape: [2], type: 'string', data: ['', ''] });
  });

  test('reads what lies somewhere in a larger buffer', () => {
    const file = npy(header('<f4', '(2,)'), new Float32Array([1, 2]));
    const larger = new Uint8Array(file.length + 8);
    larger.set(file, 3);
    expect(parseNpy(larger.subarray(3, 3 + file.length)).data).toEqual(new Float32Array([1, 2]));
  });

  const good = npy(header('<f4', '(2, 3)'), new Float32Array(6));
  const READ = 'only <f2 <f4 <f8 |i1 |u1 <i2 <u2 <i4 <u4 <i8 <u8 |b1 <U';
  test.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'x.npy: not a .npy file, which begins with \\x93NUMPY'],
    ['another file', new Uint8Array(64), 'x.npy: not a .npy file, which begins with \\x93NUMPY'],
    ['only the beginning', good.slice(0, 8), 'x.npy: the header needs 10 bytes or more, but the file has 8'],
    [
      'the beginning of version 2',
      npy('{}', [], 2).slice(0, 11),
      'x.npy: the header needs 12 bytes or more, but the file has 11',
    ],
    ['half a header', good.slice(0, 20), 'x.npy: the header needs 70 bytes, but the file has 20'],
    ['version 4', npy(header('<f4', '(1,)'), [0, 0, 0, 0], 4), 'x.npy: version 4.0 is not read, only 1 to 3'],
    ['a byte too few', good.slice(0, -1), 'x.npy: f32 of shape (2,3) is 24 bytes, but 23 follow the header'],
    [
      'a byte too many',
      new Uint8Array([...good, 0]),
      'x.npy: f32 of shape (2,3) is 24 bytes, but 25 follow the header',
    ],
    ['big-endian', npy(header('>f4', '(1,)'), [0, 0, 0, 0]), `x.npy: type >f4 is not read, ${READ}`],
    ['complex', npy(header('<c8', '(1,)'), new Float32Array(2)), `x.npy: type <c8 is not read, ${READ}`],
    ['bytes', npy(header('|S3', '(1,)'), [1, 2, 3]), `x.npy: type |S3 is not read, ${READ}`],
    ['pickled objects', npy(header('|O', '(1,)'), [1]), `x.npy: type |O is not read, ${READ}`],
    [
      'a property of every object',
      npy(header('constructor', '(1,)'), [1]),
      `x.npy: type constructor is not read, ${READ}`,
    ],
    [
      'records',
      npy(
        "{'descr': [('a', '<f4'), ('b', '<i4')], 'fortran_order': False, 'shape': (1,), }",
        new Int32Array(2),
      ),
      `x.npy: type [('a', '<f4'), ('b', '<i4')] is not read, ${READ}`,
    ],
    [
      'what is no character',
      npy(header('<U1', '(1,)'), new Uint32Array([0x110000])),
      'x.npy: 0x110000 is not a character',
    ],
    ['no shape', npy("{'descr': '<f4'}", []), "x.npy: the header is not as expected: {'descr': '<f4'}"],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseNpy(bytes, 'x.npy')).toThrow(new Error(message));
  });
});

describe('formatNpy', () => {
  test.each<[string, NpyArray & { data: Float32Array | Int32Array | BigInt64Array | string[] }]>([
    ['f32', { shape: [2, 3], type: 'f32', data: new Float32Array([1, -2.5, 3, 0, 5, 6]) }],
    ['i32', { shape: [3], type: 'i32', data: new Int32Array([1, -2, 3]) }],
    ['i64', { shape: [1, 1, 2], type: 'i64', data: new BigInt64Array([1n, -(2n ** 40n)]) }],
    ['strings', { shape: [3], type: 'string', data: ['', 'Ärger', '😀'] }],
    ['a single value', { shape: [], type: 'f32', data: new Float32Array([7]) }],
    ['no values', { shape: [0, 4], type: 'f32', data: new Float32Array(0) }],
    ['no strings', { shape: [0], type: 'string', data: [] }],
  ])('writes %s that parseNpy reads', (_, array) => {
    const bytes = formatNpy(array);
    expect(parseNpy(bytes)).toEqual(array);
    // NumPy requires that the values start at a multiple of 64, and that the header ends with a newline.
    const start = 10 + bytes[8] + 256 * bytes[9];
    expect(start % 64).toBe(0);
    expect(bytes[start - 1]).toBe(10);
  });

  test('writes part of a larger buffer', () => {
    const part = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    expect(parseNpy(formatNpy({ shape: [2], data: part })).data).toEqual(new Float32Array([1, 2]));
  });

  test('refuses data of another length, and strings that NumPy would cut', () => {
    expect(() => formatNpy({ shape: [2, 3], data: new Float32Array(5) })).toThrow(
      new Error('npy: shape (2,3) has 6 values, but data has 5'),
    );
    expect(() => formatNpy({ shape: [1], data: ['a\0'] })).toThrow(
      new Error('npy: the string "a\\u0000" ends in U+0000'),
    );
  });
});

describe("NumPy's own files", () => {
  const read = (name: string) =>
    new Uint8Array(readFileSync(new URL(`../fixtures/svm-onnx/${name}`, import.meta.url)));

  test.each(['skl-k4.x.npy', 'skl-k4-linear.label.npy', 'skl-k4-sigmoid.label.npy', 'skl-k4-rbf.scores.npy'])(
    'formatNpy writes %s byte for byte',
    (name) => {
      const { shape, data } = parseNpy(read(name), name);
      expect(formatNpy({ shape, data: data as Float32Array | BigInt64Array | string[] })).toEqual(read(name));
    },
  );

  test('strings', () => {
    const { type, data } = parseNpy(read('skl-k4-sigmoid.label.npy'));
    expect(type).toBe('string');
    expect(new Set(data as string[])).toEqual(new Set(['anger', 'joy', 'Trauer', 'ärger']));
  });

  // The same machine, read from LIBSVM's file and from an ONNX file.
  test.each(['k2-rbf', 'k2-polynomial', 'k3-rbf', 'k3-sigmoid', 'k7-rbf'])('onnxruntime on %s', (stem) => {
    const file = new URL(`../fixtures/svm/${stem}.model`, import.meta.url);
    const x = parseNpy(read(`libsvm-${stem.slice(0, 2)}.x.npy`));
    const svm = widen(parseLibsvmModel(readFileSync(file, 'utf8')), x.shape[1]);
    const found = predictSvm(svm, x.data as Float32Array, x.shape[0], true);
    const output = (name: string) => parseNpy(read(`libsvm-${stem}${name}.npy`)).data;

    const labels = BigInt64Array.from(found.labels, BigInt);
    expect(output('.label')).toEqual(labels);
    expect(output('-prob.label')).toEqual(labels);
    const two = (d: number) => [-d, d];
    const scores = svm.labels.length === 2 ? Array.from(found.decisions, two).flat() : found.decisions;
    // float32: about 100 terms of up to 20. Each is rounded up or down, with a relative error of 6e-8.
    const allowed = Math.sqrt(100) * 20 * 6e-8;
    expectNear(output('.scores') as Float32Array, scores, allowed);
    // The derivative of a probability by its decision value is at most A/4, which is about 1.
    expectNear(output('-prob.scores') as Float32Array, found.probabilities!, allowed);
  });
});

function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>, allowed: number): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < found.length; i++) {
    const error = Math.abs(found[i] - expected[i]);
    if (!(error <= allowed)) expect.fail(`at ${i}: ${found[i]}, expected ${expected[i]}, allowed ${allowed}`);
  }
}
