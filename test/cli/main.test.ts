import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { options as compare } from '../../src/cli/compare';
import { options as conformance } from '../../src/cli/conformance';
import { options as evaluate } from '../../src/cli/evaluate';
import { options as infer } from '../../src/cli/infer';
import { options as inspect } from '../../src/cli/inspect';
import { options as recognize } from '../../src/cli/recognize';
import { options as svmPredict } from '../../src/cli/svm-predict';
import { options as tune } from '../../src/cli/tune';
import { root } from '../fixtures';
import { mien } from './mien';

const commands = {
  recognize,
  evaluate,
  infer,
  tune,
  'svm-predict': svmPredict,
  inspect,
  compare,
  conformance,
};

describe('mien', () => {
  test('--version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'cli/package.json'), 'utf8'));
    expect(await mien('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('alone: the help, on stderr, exit 2', async () => {
    const { stdout: help } = await mien('--help');
    expect(await mien()).toEqual({ status: 2, stdout: '', stderr: help });
  });

  test.each(Object.entries(commands))('%s --help: a line for each option', async (name, options) => {
    const [own, all] = await Promise.all([mien(name, '--help'), mien('--help')]);
    expect([own.status, own.stderr, all.status, all.stderr]).toEqual([0, '', 0, '']);
    expect(all.stdout).toContain(own.stdout.trimEnd());
    for (const [option, { about }] of Object.entries(options)) {
      const dashes = option.length > 1 ? '--' : '-';
      expect(own.stdout).toMatch(new RegExp(`^ +${dashes}${option}( \\S+)? +${about.slice(0, 12)}`, 'm'));
    }
  });

  test.each([
    [
      'recognise',
      /^mien: unknown command recognise; the commands are recognize, evaluate, infer, tune, profile, kernel, svm/,
    ],
    ['--verbose', /^mien: unknown option --verbose; the commands are /],
    ['toString', /^mien: unknown command toString; /],
  ])('%s is refused in one line, exit 2', async (name, message) => {
    const { status, stdout, stderr } = await mien(name);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim()).not.toContain('\n');
  });
});
