import { expect, test } from 'vitest';
import { repeat } from '../../shaders/plan/repeat';

test('lines with # stand several times, on one line; comments are left alone', () => {
  const code = ['// a # of things', 'let p# = x[at# + #];', 'let q = 1; // not #', 'sum += 1;'].join('\n');
  expect(repeat(code, 2)).toBe(
    [
      '// a # of things',
      'let p0 = x[at0 + 0]; let p1 = x[at1 + 1];',
      'let q = 1; // not #',
      'sum += 1;',
    ].join('\n'),
  );
});
