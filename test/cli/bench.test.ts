import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '../../bench/suite/report';
import { root } from '../fixtures';

const folder = mkdtempSync(join(tmpdir(), 'mien-bench-'));

/** Runs `npm run bench` with these arguments. */
function bench(...args: string[]) {
  const command = ['scripts/run.js', 'bench/main.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Writes a copy of the kept report, whose values are multiplied. */
function report(name: string, rows: Readonly<Record<string, number>>): string {
  const file = join(folder, name);
  const value = (id: string, v: number) => ({
    ...{
      id,
      group: 'ceilings',
      title: id,
      unit: 'GB/s',
      value: v,
      q1: v,
      q3: v,
      low: v * 0.99,
      high: v * 1.01,
    },
    ...{ samples: [v, v, v], count: 3, noisy: false, drift: 0 },
  });
  const content = {
    ...{ schema: 'mien-bench/1', profile: 'quick', date: '2026-11-26', browser: 'b', os: 'o' },
    ...{ adapter: { name: 'an adapter' }, mien: { version: '0.1.0', commit: 'abc' } },
    rows: Object.entries(rows).map(([id, v]) => value(id, v)),
  };
  writeFileSync(file, JSON.stringify(content));
  return file;
}

test('--help explains every option and exit code', () => {
  const { status, stdout, stderr } = bench('--help');
  expect([status, stderr]).toEqual([0, '']);
  for (const word of [
    '--profile',
    '--against',
    '--fail-on-regression',
    'frame',
    'soak',
    'peers',
    'Exit codes',
  ])
    expect(stdout).toContain(word);
});

test('two reports are compared; a regression has exit code 3', () => {
  const before = report('before.json', { read: 10, write: 10 });
  const after = report('after.json', { read: 20, write: 8 });
  const plain = bench('--compare', before, after);
  expect([plain.status, plain.stderr]).toEqual([0, '']);
  expect(plain.stdout).toMatch(/\| read \| 10\.0 \| 20\.0 \| GB\/s \| \*\*2\.00\*\* \|/);
  const failed = bench('--compare', before, after, '--fail-on-regression', '10%');
  expect([failed.status, failed.stderr]).toEqual([3, 'regression: write: 20.0 % worse\n']);
  expect(bench('--compare', before, after, '--fail-on-regression', '25%').status).toBe(0);
});

test.each([
  [['--profile', 'tiny'], '--profile is tiny; one of quick, default, full is needed'],
  [['--compare', 'one.json'], '--compare needs two reports, 1 are named'],
  [['--browser', 'lynx'], '--browser is lynx; one of chrome, firefox is needed'],
  [
    ['--fail-on-regression', 'x', '--against', '.'],
    '--fail-on-regression is x; a share such as 10% is needed',
  ],
  [['speed'], 'there is no benchmark "speed"'],
  [['--against', '/nowhere'], '--against /nowhere: this folder is no checkout with demo/bench.html'],
  [['--unknown'], "Unknown option '--unknown'"],
])('wrong arguments have exit code 2: %s', (args, message) => {
  const { status, stdout, stderr } = bench(...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`bench: ${message}`);
  expect(stderr).toContain('usage:');
});

test('a file that is no report has exit code 1', () => {
  const bad = join(folder, 'bad.json');
  writeFileSync(bad, '{}');
  const { status, stderr } = bench('--compare', bad, bad);
  expect(status).toBe(1);
  expect(stderr).toContain(`${bad}: not a report of this benchmark: "schema" is undefined`);
});

test('Node measures a ceiling, with its progress on stderr', () => {
  const { status, stdout, stderr } = bench('--node', '--profile', 'quick', '--only', 'a dispatch', '--json');
  expect(status).toBe(0);
  const { rows, adapter, schema } = JSON.parse(stdout) as Report;
  expect([schema, rows.map(({ id }) => id)]).toEqual(['mien-bench/1', ['ceilings/dispatch']]);
  expect(adapter.name).not.toBe('');
  expect(rows[0].value).toBeGreaterThan(0);
  expect(stderr).toMatch(/^ +0 %, \d+ s left: A dispatch/m);
});
