import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fix } from '../../shaders/plan/fix';
import { root } from '../fixtures';
import { allModules } from '../modules';
import { faultsOf } from '../wgsl-faults';

const modules = await allModules();

describe('modules that naga and WebKit compile as Tint does', () => {
  test.each([...modules.keys()])('%s', (name) => {
    expect(faultsOf(modules.get(name)!)).toEqual([]);
  });

  test.each([...modules.keys()])('the first line of %s names the files in front of it', (name) => {
    const { files } = modules.get(name)!;
    const [first] = files.at(-1)!.code.split('\n');
    const before = files.slice(0, -1).map((file) => file.name);
    expect(before.filter((file) => !first.includes(file))).toEqual([]);
    expect(first.startsWith('// After ')).toBe(before.length > 0);
  });

  test('no kernel is left out', () => {
    const files = [...modules.values()].flatMap((kernel) => kernel.files.map(({ name }) => name));
    const all = readdirSync(`${root}/shaders`, { recursive: true, encoding: 'utf8' });
    const named = all.filter((file) => file.endsWith('.wgsl')).map((file) => file.replace(/.*\//, ''));
    expect(named.filter((name) => !files.includes(name))).toEqual([]);
  });

  test('the check finds an array whose size is an expression, and a snippet behind the kernel', () => {
    const array = 'override N: u32;\nvar<workgroup> a: array<f32, N * 2>;\n@compute fn main() {}';
    const files = [
      { name: 'a.wgsl', code: array },
      { name: 'b.wgsl', code: 'override M: u32;' },
    ];
    expect(faultsOf({ name: 'bad', files })).toHaveLength(3);
  });
});

describe('fix', () => {
  test('makes constants of overrides, and numbers of the sizes of workgroup arrays', () => {
    const code =
      'override N: u32; override M: u32;\nvar<workgroup> a: array<vec4f, 2 * N * 3u>; var<workgroup> b: array<f32, 8>;';
    expect(fix(code, { N: 4 })).toBe(
      'const N: u32 = 4; override M: u32;\nvar<workgroup> a: array<vec4f, 24>; var<workgroup> b: array<f32, 8>;',
    );
  });

  test('refuses a size that needs an override without a value', () => {
    expect(() => fix('var<workgroup> a: array<f32, N>;', {})).toThrow('needs N');
  });
});
