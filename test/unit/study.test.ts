import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packed, unpacked } from '../../bench/suite/packed';
import { allCases } from '../../shaders/cases/all-cases';
import { isTestable } from '../../shaders/cases/case';
import { headerOf, sentencesOf } from '../../study/header';
import { fileOf, KERNEL_NAMES, ladderOf } from '../../study/ladder';
import { TERM_PATTERN, TERMS } from '../../study/terms';
import { tokensOf } from '../../study/tokens';
import { arrange } from '../../study/trace/arrange';
import { traceKernel, workgroupSizeOf } from '../../study/trace/rewrite';
import { root } from '../fixtures';

const shaders = join(root, 'shaders');
const files = readdirSync(shaders, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.wgsl') && readFileSync(join(shaders, file), 'utf8').includes('@compute'));
const rungs = KERNEL_NAMES.flatMap((kernel) => ladderOf(kernel).rungs);

test('every kernel and every variant has a rung', () => {
  expect(rungs.map(({ kernel, file }) => `${kernel}/${file}`).sort()).toEqual(files.sort());
  for (const { kernel, cases } of allCases)
    for (const each of cases.filter(isTestable)) {
      const { ranked } = each.build(false).candidates;
      for (const { variant, passes } of ranked)
        for (const file of passes.map(fileOf)) {
          const rung = rungs.find((found) => found.file === file);
          // The max-pool after a convolution has its own ladder.
          if (rung?.kernel === kernel) expect([...rung.variants.keys()]).toContain(variant);
        }
    }
});

test.each(rungs.map((rung) => [rung.name, rung] as const))(
  '%s has an idea of one to five sentences',
  (_, rung) => {
    const { header, kernel, below } = rung;
    expect(rung.variants.size).toBeGreaterThan(0);
    const sentences = sentencesOf(header.idea);
    expect(sentences.length).toBeGreaterThan(0);
    expect(sentences.length).toBeLessThanOrEqual(5);
    for (const sentence of sentences) expect(sentence).toMatch(/[.!?)]$/);
    expect(header.title).toMatch(/^[a-z].*: .*\S$/);
    const order = ladderOf(kernel).rungs.map(({ file }) => file);
    if (below) expect(order.indexOf(below)).toBeLessThan(order.indexOf(rung.file));
  },
);

test('a variant names the kernel that it improves on, and a plain kernel has none', () => {
  const below = Object.fromEntries(rungs.map(({ name, below: file }) => [name, file?.replace('.wgsl', '')]));
  expect(below).toMatchObject({
    'conv2d-tiled': 'conv2d',
    'conv2d-pointwise': 'conv2d-tiled',
    'conv2d-shared-double': 'conv2d-shared',
    'conv2d-tiled-quads': 'conv2d-tiled',
    'svm-sums-quads': 'svm-sums',
    'dense-subgroups': 'dense-tiled',
  });
  for (const name of ['conv2d', 'dense', 'softmax', 'unary']) expect(below[name]).toBeUndefined();
});

test('a header is read in its parts', () => {
  const header = headerOf(`// After    a.wgsl: b()
// name: does something.
//   y[b] = x[b] + 1
//   It is one more. On SwiftShader 2 times as fast.
// Idea     One thing. Another
//          thing.
// Layout   x (B,I4) · y, z (B).
// Threads  one per y.

@compute fn main() {}`);
  expect(header).toMatchObject({
    title: 'name: does something.',
    formulas: ['y[b] = x[b] + 1'],
    idea: 'One thing. Another thing.',
    notes: ['It is one more.'],
    measured: ['On SwiftShader 2 times as fast.'],
    threads: 'one per y.',
    operands: [
      { names: ['x'], dimensions: ['B', 'I4'] },
      { names: ['y', 'z'], dimensions: ['B'] },
    ],
  });
});

describe('tokens', () => {
  test('all tokens together are the text, also where the text is wrong', () => {
    for (const file of files) {
      const code = readFileSync(join(shaders, file), 'utf8');
      for (const text of [code, code.slice(7, 400), `/* ${code}`])
        expect(
          tokensOf(text)
            .map((token) => token.text)
            .join(''),
        ).toBe(text);
    }
  });
  test('each token has its kind', () => {
    const kinds = tokensOf('@compute fn f(x: vec4f) { let y = 1.5e3f; g(y); } // end').map(
      ({ kind, text }) => `${kind} ${text}`,
    );
    for (const token of [
      ...[
        'attribute @compute',
        'keyword fn',
        'call f',
        'type vec4f',
        'number 1.5e3f',
        'call g',
        'comment // end',
      ],
    ])
      expect(kinds).toContain(token);
  });
});

describe('tracing', () => {
  const kernelOf = (code: string) => ({ name: 'test', files: [{ name: 'test.wgsl', code }] });
  const code = `@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
var<workgroup> lanes: array<f32, 64>;
@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  lanes[id.x] = x[u32(y[id.x])].x; // x[0] in a comment
  if (lanes[1] == 2) { y[id.x] += 1; }
  for (var i = 0u; i < 4; i++) { loop { break; } }
}
`;
  test('accesses are recorded with their kinds, and lines keep their numbers', () => {
    const { code: traced, variables } = traceKernel(kernelOf(code), 2);
    expect(variables.map(({ name, space, numbers, bytes }) => [name, space, numbers, bytes])).toEqual([
      ['x', 'storage', 4, 16],
      ['y', 'storage', 1, 4],
      ['lanes', 'workgroup', 1, 4],
    ]);
    expect(traced).toContain(
      'lanes[tracedLater(9u, u32(id.x))] = x[traced(0u, u32(u32(y[traced(4u, u32(id.x))])))].x; tracedNow(); // x[0]',
    );
    expect(traced).toContain('lanes[traced(8u, u32(1))] == 2');
    expect(traced).toContain('y[tracedLater(6u, u32(id.x))] += 1; tracedNow();');
    const lineOf = (text: string, part: string) => text.split('\n').findIndex((line) => line.includes(part));
    expect(lineOf(traced, 'x[0] in a comment')).toBe(lineOf(code, 'x[0] in a comment'));
    expect(workgroupSizeOf(code)).toBe(32);
  });
  test('every loop gets a limit', () => {
    const { code: guarded } = traceKernel(kernelOf(code), 2, { accesses: false, guard: true });
    expect(guarded.match(/> 16384u \|\| guardedRounds > 262144u/g)).toHaveLength(2);
    const withBarrier = code.replace(
      'lanes[1] == 2',
      'lanes[1] == 2 || true) { workgroupBarrier(); } if (false',
    );
    const { code: uniform } = traceKernel(kernelOf(withBarrier), 2, { accesses: false, guard: true });
    expect(uniform).not.toContain('guardedRounds >');
    expect(guarded).not.toContain('traced(0u');
  });
  test('comments are left alone, also blocks with half a loop in them', () => {
    const comment = '/* for (var i = 0u; x[\n // ) */';
    const { code: traced } = traceKernel(kernelOf(code.replace('  for (', `  ${comment}\n  for (`)), 2, {
      guard: true,
    });
    expect(traced).toContain(comment);
  });
  test('a local variable with the name of a traced one is refused', () => {
    const hidden = code.replace('lanes[id.x] =', 'let y = vec4f(); _ = y[0]; lanes[id.x] =');
    expect(() => traceKernel(kernelOf(hidden), 2)).toThrow(
      'kernel test: a function indexes y, which is local there',
    );
  });
});

describe('arranging', () => {
  const operands = headerOf(
    '// x: y.\n// Layout   x (B,H,W,I4) · weight (O8/8,KH,KW,I4/4,2) of 4x4 blocks · bias (O8).',
  ).operands;
  const constants = { H: 5, W: 4, I: 5, O: 9, KH: 3, KW: 3 };
  test('a picture is rows and columns; the other dimensions are planes', () => {
    const x = arrange({ name: 'x', length: 2 * 5 * 4 * 2, numbers: 4 }, { operands }, constants);
    expect(x).toMatchObject({ planes: 4, rows: 5, columns: 4 });
    expect(x.dimensions).toEqual([
      ['B', 2],
      ['H', 5],
      ['W', 4],
      ['I4', 2],
    ]);
    for (let index = 0; index < 80; index++) expect(x.index(x.place(index)!)).toBe(index);
    expect(x.place(80)).toBeUndefined();
    expect(x.place((2 * 4 + 3) * 2 + 1)).toEqual({ plane: 1, row: 2, column: 3 });
  });
  test('blocks are counted as their dimensions say, and padding is left out', () => {
    const weight = arrange({ name: 'weight', length: 2 * 9 * 2 * 2, numbers: 16 }, { operands }, constants);
    expect(weight).toMatchObject({ planes: 8, rows: 3, columns: 3 });
  });
  test('without known dimensions, elements follow each other in rows', () => {
    const other = arrange({ name: 'other', length: 70, numbers: 1 }, { operands }, constants);
    expect(other).toMatchObject({ dimensions: [], planes: 1, rows: 3, columns: 32 });
    expect(other.place(69)).toEqual({ plane: 0, row: 2, column: 5 });
    expect(other.index({ plane: 0, row: 2, column: 6 })).toBeUndefined();
  });
});

test('the terms come from the tables of the README; the longest one is found', () => {
  expect(TERMS.length).toBeGreaterThanOrEqual(15);
  for (const { term, meaning } of TERMS) {
    expect(term).toMatch(/^\w[\w /-]*$/);
    expect(meaning.length).toBeGreaterThan(10);
  }
  expect('in workgroup memory'.match(TERM_PATTERN)?.[0]).toBe('workgroup memory');
  expect('all workgroups'.match(TERM_PATTERN)?.[0]).toBe('workgroups');
  expect('a planet'.match(TERM_PATTERN)).toBeNull();
});

test('a version survives the way through a link, and a damaged link is refused', async () => {
  const code = 'fn main() { /* ä·² */ }\n'.repeat(40);
  const text = await packed(code);
  expect(text).toMatch(/^[\w-]+$/);
  expect(await unpacked(text, 10_000)).toBe(code);
  for (const damaged of [text.slice(0, -9), `${text.slice(0, 20)}!`, text.slice(9)])
    await expect(unpacked(damaged, 10_000)).rejects.toThrow();
  await expect(unpacked(text, 100)).rejects.toThrow('too large');
});
