import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatLibsvmAccuracy, formatLibsvmPrediction, parseLibsvmData } from '../../src/formats/libsvm-data';
import { denseRows } from '../../src/formats/libsvm-lines';
import { parseLibsvmModel } from '../../src/formats/libsvm-model';
import { SVM_KERNELS } from '../../src/svm/svm';
import { widen } from '../../src/svm/widen';
import { couple, predictSvm } from '../svm-reference';

const FOLDER = new URL('../fixtures/svm/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');

/** A model with three classes, four support vectors and every key. */
const MODEL = `svm_type c_svc
kernel_type polynomial
degree 2
gamma 0.5
coef0 1
nr_class 3
total_sv 4
rho 0.1 -0.2 3e-1
label 2 -1 7
probA -1 -2 -3
probB 0 0.5 1
nr_sv 1 2 1
SV
1 0.5 1:0.25 3:-1
-1 0 2:1
0 0.75 1:1 2:2 3:3
-0.5 -0.75
`;
/** Returns the model with one line replaced or removed. Lines are numbered from 1. */
const changed = (line: number, by?: string) =>
  MODEL.split('\n')
    .toSpliced(line - 1, 1, ...(by === undefined ? [] : [by]))
    .join('\n');

describe('parseLibsvmModel', () => {
  test('reads every key', () => {
    expect(parseLibsvmModel(MODEL)).toEqual({
      kernel: 'polynomial',
      gamma: 0.5,
      coef0: 1,
      degree: 2,
      labels: [2, -1, 7],
      features: 3,
      supportVectors: new Float32Array([0.25, 0, -1, 0, 1, 0, 1, 2, 3, 0, 0, 0]),
      counts: [1, 2, 1],
      coefficients: new Float32Array([1, -1, 0, -0.5, 0.5, 0, 0.75, -0.75]),
      rho: [0.1, -0.2, 0.3],
      probA: [-1, -2, -3],
      probB: [0, 0.5, 1],
    });
  });

  test('reads lines that end in CR LF, blanks at their end, and nothing after the last', () => {
    const text = MODEL.trimEnd().replaceAll('\n', ' \r\n');
    expect(parseLibsvmModel(text)).toEqual(parseLibsvmModel(MODEL));
  });

  test('needs of degree, gamma and coef0 only what the kernel has', () => {
    const bare = MODEL.replace(/(degree|gamma|coef0|prob[AB]) .*\n/g, '');
    const svm = parseLibsvmModel(bare.replace('polynomial', 'linear'));
    expect(svm).toMatchObject({ kernel: 'linear', gamma: 1, coef0: 0, degree: 1 });
    expect(svm).not.toHaveProperty('probA');
    expect(parseLibsvmModel(changed(2, 'kernel_type rbf'))).toMatchObject({
      gamma: 0.5,
      coef0: 0,
      degree: 1,
    });
    expect(parseLibsvmModel(changed(1, 'svm_type nu_svc'))).toMatchObject({ kernel: 'polynomial' });
  });

  test.each<[string, string]>([
    ['m:1: the file ends before SV', ''],
    ['m:12: the file ends before SV', MODEL.slice(0, MODEL.indexOf('SV\n'))],
    ['m:1: svm_type is epsilon_svr, but only c_svc and nu_svc are read', changed(1, 'svm_type epsilon_svr')],
    ['m:12: no svm_type before SV', changed(1)],
    ['m:1: svm_type is missing, but only c_svc and nu_svc are read', changed(1, 'svm_type')],
    [
      'm:2: kernel_type is precomputed, but only linear, polynomial, rbf, sigmoid are read',
      changed(2, 'kernel_type precomputed'),
    ],
    ['m:12: no kernel_type before SV', changed(2)],
    ['m:12: no degree before SV', changed(3)],
    ['m:3: degree is 2.5, but has to be a whole number of 0 or more', changed(3, 'degree 2.5')],
    ['m:3: degree has 2 values, but it needs 1', changed(3, 'degree 2 3')],
    ['m:12: no gamma before SV', changed(4)],
    ['m:4: gamma "0x10" is not a number', changed(4, 'gamma 0x10')],
    ['m:4: gamma "nan" is not a number', changed(4, 'gamma nan')],
    ['m:4: gamma "1e39" is not a number', changed(4, 'gamma 1e39')],
    ['m:12: no coef0 before SV', changed(5)],
    ['m:6: nr_class is 1, but has to be a whole number of 2 or more', changed(6, 'nr_class 1')],
    ['m:12: no nr_class before SV', changed(6)],
    ['m:7: total_sv is 0, but has to be a whole number of 1 or more', changed(7, 'total_sv 0')],
    ['m:12: no total_sv before SV', changed(7)],
    ['m:7: total_sv 4, but 3 support vectors follow', changed(17)],
    ['m:7: total_sv 4, but 5 support vectors follow', `${MODEL}0 0 1:1\n`],
    ['m:8: rho has 2 values, but the pairs of 3 classes are 3', changed(8, 'rho 0.1 0.2')],
    ['m:12: no rho before SV', changed(8)],
    ['m:9: label has 4 values, but nr_class is 3', changed(9, 'label 1 2 3 4')],
    ['m:9: label 1 is there twice', changed(9, 'label 1 2 1')],
    ['m:12: no label before SV', changed(9)],
    ['m:10: probA has 2 values, but the pairs of 3 classes are 3', changed(10, 'probA 1 2')],
    ['m:10: probA without probB', changed(11)],
    ['m:10: probB without probA', changed(10)],
    ['m:12: nr_sv has 2 values, but nr_class is 3', changed(12, 'nr_sv 2 2')],
    ['m:12: nr_sv adds up to 5, but total_sv is 4', changed(12, 'nr_sv 1 2 2')],
    ['m:12: nr_sv 1.5 is not a whole number of 0 or more', changed(12, 'nr_sv 1.5 1.5 1')],
    ['m:12: nr_sv -2 is not a whole number of 0 or more', changed(12, 'nr_sv 5 -2 1')],
    ['m:10: unknown header key "marks"', changed(10, 'marks 1 2')],
    ['m:10: gamma is here and in line 4', changed(10, 'gamma 2')],
    ['m:15: 1 coefficients, but 3 classes need 2', changed(15, '-1 2:1')],
    ['m:15: 3 coefficients, but 3 classes need 2', changed(15, '-1 0 1 2:1')],
    ['m:15: 0 coefficients, but 3 classes need 2', changed(15, '')],
    ['m:15: coefficient "one" is not a number', changed(15, '-1 one 2:1')],
    ['m:16: "2:two" is not index:value', changed(16, '0 1 1:1 2:two')],
    ['m:16: "2:" is not index:value', changed(16, '0 1 1:1 2:')],
    ['m:16: "-1:1" is not index:value', changed(16, '0 1 -1:1')],
    ['m:16: "1:1:1" is not index:value', changed(16, '0 1 1:1:1')],
    ['m:16: "5" is not index:value', changed(16, '0 1 1:1 5 6:1')],
    ['m:16: index 0 is not from 1 to 2147483647', changed(16, '0 1 0:1')],
    ['m:16: index 2147483648 is not from 1 to 2147483647', changed(16, '0 1 2147483648:1')],
    ['m:16: index 2 after index 3', changed(16, '0 1 1:1 3:1 2:1')],
    ['m:16: index 3 after index 3', changed(16, '0 1 3:1 3:1')],
    [
      'm:13: 4 support vectors of 100000000 features are more than 268435456 values',
      changed(16, '0 1 100000000:1'),
    ],
    ['m:13: none of the 4 support vectors has a feature', MODEL.replace(/ \d:.*/g, '')],
  ])('refuses: %s', (message, text) => {
    expect(() => parseLibsvmModel(text, 'm')).toThrow(new Error(message));
  });
});

describe('parseLibsvmData', () => {
  test('reads labels and rows, with or without features', () => {
    expect(parseLibsvmData('+1 1:0.5 12:-2e-1\n-1\n2.5 3:4 \n\n')).toEqual({
      labels: [1, -1, 2.5],
      rows: [
        { indices: [1, 12], values: [0.5, -0.2] },
        { indices: [], values: [] },
        { indices: [3], values: [4] },
      ],
      features: 12,
    });
    expect(parseLibsvmData('')).toEqual({ labels: [], rows: [], features: 0 });
  });

  test.each<[string, string]>([
    ['d:2: the line is empty', '1 1:1\n\n1 1:1\n'],
    ['d:2: label "1:1" is not a number', '1 1:1\n1:1 2:1\n'],
    ['d:1: label "1,2" is not a number', '1,2 1:1\n'],
    ['d:1: "1:x" is not index:value', '1 1:x\n'],
    ['d:1: index 0 is not from 1 to 2147483647', '1 0:1\n'],
    ['d:2: index 1 after index 2', '1 1:1\n1 2:1 1:1\n'],
  ])('refuses: %s', (message, text) => {
    expect(() => parseLibsvmData(text, 'd')).toThrow(new Error(message));
  });
});

describe('denseRows', () => {
  const { rows } = parseLibsvmData('1 2:5\n1\n1 1:-1 3:2\n');

  test('fills up with zeros', () => {
    expect(denseRows(rows, 4)).toEqual(new Float32Array([0, 5, 0, 0, 0, 0, 0, 0, -1, 0, 2, 0]));
    expect(denseRows([], 4)).toEqual(new Float32Array(0));
  });

  test('refuses an index above K, and more than fits', () => {
    expect(() => denseRows(rows, 2)).toThrow(new Error('row 2 has index 3, but K is 2'));
    expect(() => denseRows(rows, 1e8)).toThrow(
      new Error('3 rows of 100000000 features are more than 268435456 values'),
    );
  });
});

describe('widen', () => {
  const svm = parseLibsvmModel(MODEL);

  test('adds features that are 0, and nothing else', () => {
    const wide = widen(svm, 5);
    expect(wide.supportVectors).toEqual(
      new Float32Array([0.25, 0, -1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0]),
    );
    expect({ ...wide, features: 3, supportVectors: svm.supportVectors }).toEqual(svm);
    expect(widen(svm, 3)).toBe(svm);
  });

  test('refuses fewer', () => {
    expect(() => widen(svm, 2)).toThrow(new Error('svm: 3 features cannot be widened to 2'));
    expect(() => widen(svm, 3.5)).toThrow(new Error('svm: 3 features cannot be widened to 3.5'));
  });
});

describe('formatLibsvmPrediction', () => {
  test('writes numbers as C does', () => {
    // A value and its %.17g.
    const long: [number, string][] = [
      [0, '0'],
      [-0, '-0'],
      [-12, '-12'],
      [1e16, '10000000000000000'],
      [1e17, '1e+17'],
      [0.1, '0.10000000000000001'],
      [Number.NaN, 'nan'],
      [Number.NEGATIVE_INFINITY, '-inf'],
      [Number.POSITIVE_INFINITY, 'inf'],
    ];
    expect(formatLibsvmPrediction(long.map(([value]) => value))).toBe(
      long.map(([, text]) => `${text}\n`).join(''),
    );
    // A value and its %g.
    const short: [number, string][] = [
      [0.25, '0.25'],
      [1 / 3, '0.333333'],
      [0.99999999, '1'],
      [0.0001234567, '0.000123457'],
      [0.00009999995, '0.0001'],
      [0.00009999994, '9.99999e-05'],
      [1e-7, '1e-07'],
      [1.5e-300, '1.5e-300'],
      [0.5078125, '0.507812'], // halfway: rounded to the even digit
      [0.5234375, '0.523438'], // halfway: rounded up to the even digit
      [123456.5, '123456'],
      [123457.5, '123458'],
      [999999.5, '1e+06'],
      [1234567, '1.23457e+06'],
    ];
    expect(
      formatLibsvmPrediction([1000001], {
        labels: short.map((_, i) => i),
        values: short.map(([value]) => value),
      }),
    ).toBe(`labels ${short.map((_, i) => i).join(' ')}\n1e+06 ${short.map(([, text]) => text).join(' ')}\n`);
  });

  test('refuses probabilities that are too few', () => {
    expect(() => formatLibsvmPrediction([1, 2], { labels: [1, 2], values: [0.5, 0.5, 1] })).toThrow(
      new Error('2 labels of 2 classes, but 3 probabilities'),
    );
  });
});

describe('formatLibsvmAccuracy', () => {
  test('writes as svm-predict prints', () => {
    expect(formatLibsvmAccuracy([1, 2, 3], [1, 2, 4])).toBe('Accuracy = 66.6667% (2/3) (classification)\n');
  });

  test('refuses another number of labels', () => {
    expect(() => formatLibsvmAccuracy([1], [1, 2])).toThrow(new Error('1 labels, but 2 are expected'));
  });
});

test('couple takes r back from probabilities that agree with it', () => {
  const p = [0.5, 0.3, 0.2];
  const found = couple(p.map((pi, i) => p.map((pj, j) => (i === j ? 0 : pi / (pi + pj)))));
  // The iteration stops when the gradient is within 0.005/3, so the result is only about this accurate.
  for (const [i, value] of found.entries()) expect(Math.abs(value - p[i])).toBeLessThan(0.005);
});

describe.each(['k2', 'k3', 'k5', 'k7'])('LIBSVM on %s', (set) => {
  test.each(SVM_KERNELS)('%s', (kernel) => {
    const stem = `${set}-${kernel}`;
    const data = parseLibsvmData(read(`${set}.test`), `${set}.test`);
    const model = parseLibsvmModel(read(`${stem}.model`), `${stem}.model`);
    const features = Math.max(model.features, data.features);
    const B = data.rows.length;
    const found = predictSvm(widen(model, features), denseRows(data.rows, features), B);

    expect(formatLibsvmPrediction(found.labels)).toBe(read(`${stem}.labels`));
    expect(read(`${stem}.labels.stdout`)).toContain(formatLibsvmAccuracy(found.labels, data.labels));
    expect(read(`${stem}.probabilities.stdout`)).toBe(formatLibsvmAccuracy(found.likeliest!, data.labels));

    const probabilities = { labels: model.labels as number[], values: found.probabilities! };
    const ours = formatLibsvmPrediction(found.likeliest!, probabilities).split('\n');
    const theirs = read(`${stem}.probabilities`).split('\n');
    expect(ours.length).toBe(theirs.length);
    expect(ours[0]).toBe(theirs[0]);
    // Six digits are accurate to 5e-7. Rounding coefficients and support vectors to float32 (relative error up to 6e-8)
    // changes a decision value by about 1e-7, and a probability by at most that.
    const allowed = 5e-7 + 5e-7;
    for (let b = 0; b < B; b++) {
      const [label, ...values] = theirs[b + 1].split(' ');
      expect(ours[b + 1].split(' ')[0]).toBe(label);
      for (const [i, value] of values.entries()) {
        const p = found.probabilities![b * model.labels.length + i];
        const error = Math.abs(p - Number(value));
        if (error > allowed) expect.fail(`row ${b}, class ${i}: ${p}, but LIBSVM has ${value}`);
      }
    }
  });
});
