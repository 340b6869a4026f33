import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../fixtures';

const files = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n');

test.each(files)('every link in %s leads to a file', (file) => {
  const text = readFileSync(join(root, file), 'utf8').replace(/^```.*?^```/gms, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target.replace(/#.*/, ''));
  const relative = targets.filter((target) => target && !/^[a-z]+:/.test(target));
  expect(relative.filter((target) => !existsSync(join(root, dirname(file), target)))).toEqual([]);
});
