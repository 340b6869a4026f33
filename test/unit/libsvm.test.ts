import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatLibsvmAccuracy, formatLibsvmPrediction, parseLibsvmData } from '../../src/formats/libsvm-data';
import { parseLibsvmModel } from '../../src/formats/libsvm-model';
import { compact } from '../../src/svm/compact';
import { svmToGraph } from '../../src/svm/graph';
import { type SparseVector, SVM_KERNELS, type Svm } from '../../src/svm/svm';
import { couple, denseRows, predictSvm, widen } from '../svm-reference';

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
      firstIndex: 1,
      supportVectors: [
        { indices: [0, 2], values: [0.25, -1] },
        { indices: [1], values: [1] },
        { indices: [0, 1, 2], values: [1, 2, 3] },
        { indices: [], values: [] },
      ],
      counts: [1, 2, 1],
      coefficients: new Float64Array([1, -1, 0, -0.5, 0.5, 0, 0.75, -0.75]),
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
    [
      'm:1: svm_type is svdd, but only c_svc, nu_svc, epsilon_svr, nu_svr, one_class are read',
      changed(1, 'svm_type svdd'),
    ],
    ['m:12: no svm_type before SV', changed(1)],
    [
      'm:1: svm_type is missing, but only c_svc, nu_svc, epsilon_svr, nu_svr, one_class are read',
      changed(1, 'svm_type'),
    ],
    [
      'm:2: kernel_type is precomputed: the file does not contain the vectors that a prediction needs',
      changed(2, 'kernel_type precomputed'),
    ],
    ['m:12: no kernel_type before SV', changed(2)],
    ['m:12: no degree before SV', changed(3)],
    ['m:3: degree is 2.5, but has to be a whole number of 0 or more', changed(3, 'degree 2.5')],
    ['m:3: degree has 2 values, but it needs 1', changed(3, 'degree 2 3')],
    ['m:12: no gamma before SV', changed(4)],
    ['m:4: gamma "nan" is not a number', changed(4, 'gamma nan')],
    ['m:4: gamma "1e39" is not a number', changed(4, 'gamma 1e39')],
    ['m:12: no coef0 before SV', changed(5)],
    ['m:6: nr_class is 0, but has to be a whole number of 1 or more', changed(6, 'nr_class 0')],
    ['m:12: no nr_class before SV', changed(6)],
    ['m:7: total_sv is -1, but has to be a whole number of 0 or more', changed(7, 'total_sv -1')],
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
    ['m:15: 1 coefficients, but 2 are needed', changed(15, '-1 2:1')],
    ['m:15: 3 coefficients, but 2 are needed', changed(15, '-1 0 1 2:1')],
    ['m:15: 0 coefficients, but 2 are needed', changed(15, '')],
    ['m:15: coefficient "one" is not a number', changed(15, '-1 one 2:1')],
    ['m:16: "2:two" is not index:value', changed(16, '0 1 1:1 2:two')],
    ['m:16: "2:" is not index:value', changed(16, '0 1 1:1 2:')],
    ['m:16: "-1:1" is not index:value', changed(16, '0 1 -1:1')],
    ['m:16: "1:1:1" is not index:value', changed(16, '0 1 1:1:1')],
    ['m:16: "5" is not index:value', changed(16, '0 1 1:1 5 6:1')],
    ['m:16: index 2147483648 is not from 0 to 2147483647', changed(16, '0 1 2147483648:1')],
    ['m:16: index 2 after index 3', changed(16, '0 1 1:1 3:1 2:1')],
    ['m:16: index 3 after index 3', changed(16, '0 1 3:1 3:1')],
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
    ['d:2: index 1 after index 2', '1 1:1\n1 2:1 1:1\n'],
  ])('refuses: %s', (message, text) => {
    expect(() => parseLibsvmData(text, 'd')).toThrow(new Error(message));
  });
});

describe('what svm-predict reads too', () => {
  const values = (text: string) => parseLibsvmData(text).rows[0].values;

  test('hexadecimal numbers, inf and nan', () => {
    expect(values('1 1:0x1p2 2:-0X.8p-1 3:0xff 4:inf 5:-Infinity 6:nan 7:+1e400')).toEqual([
      ...[4, -0.25, 255, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
      Number.POSITIVE_INFINITY,
    ]);
    expect(parseLibsvmModel(changed(4, 'gamma 0x1p-1')).gamma).toBe(0.5);
    expect(() => values('1 1:0x')).toThrow('"1:0x" is not index:value');
  });

  test('comments, behind a row and in a line of their own', () => {
    expect(parseLibsvmData('# from scikit-learn\n#\n1 1:2 # 2:3\n#\n')).toEqual({
      ...{ labels: [1], rows: [{ indices: [1], values: [2] }], features: 1 },
    });
  });

  test('features that are counted from 0', () => {
    const svm = parseLibsvmModel(MODEL.replaceAll(/ (\d):/g, (_, i) => ` ${i - 1}:`));
    expect(svm).toEqual({ ...parseLibsvmModel(MODEL), firstIndex: 0 });
  });

  test('regressors and one-class machines', () => {
    const single = (type: string, more = '') =>
      `svm_type ${type}\nkernel_type linear\nnr_class 2\ntotal_sv 2\nrho 0.5\n${more}SV\n1 1:1\n-0.25 2:3\n`;
    expect(parseLibsvmModel(single('nu_svr', 'probA 0.75\n'))).toMatchObject({
      ...{ type: 'regressor', labels: [], counts: [2], rho: [0.5], sigma: 0.75 },
      coefficients: new Float64Array([1, -0.25]),
    });
    expect(parseLibsvmModel(single('one_class'))).toMatchObject({ type: 'one-class', counts: [2] });
    expect(parseLibsvmModel(single('one_class', 'prob_density_marks 1 2\n'))).toMatchObject({ features: 2 });
    expect(svmToGraph(parseLibsvmModel(single('epsilon_svr'))).nodes[0]).toMatchObject({
      op: 'SVMRegressor',
      attributes: {
        support_vectors: [1, -0.75],
        coefficients: [1],
        rho: [-0.5],
        n_supports: 1,
        one_class: 0,
      },
    });
  });

  test('a single class, which no graph can answer', () => {
    const text = 'svm_type c_svc\nkernel_type linear\nnr_class 1\ntotal_sv 0\nrho\nlabel 3\nnr_sv 0\nSV\n';
    const svm = parseLibsvmModel(text);
    expect(svm).toMatchObject({ labels: [3], counts: [0] });
    expect(() => svmToGraph(svm)).toThrow('svm: has 1 classes, two or more are needed');
  });
});

/** The decision values of a machine in float64, without its second form. */
const decisionsOf = (svm: Svm, rows: readonly SparseVector[]) =>
  predictSvm(svm, denseRows(rows, svm.features, 0), rows.length).decisions;

describe('compact', () => {
  const rows = [
    { indices: [0, 2, 4], values: [1, 0.5, 2] },
    { indices: [1], values: [-3] },
  ];

  test.each(SVM_KERNELS)('%s: the same decision values on the features of the support vectors', (kernel) => {
    const sparse = parseLibsvmModel(MODEL.replace('polynomial', kernel).replace(' 3:-1', ' 5:-1'));
    const expected = decisionsOf(widen(sparse, 5), rows);
    const { svm, write } = compact(sparse);
    const x = rows.map((row) => {
      const to = new Float32Array(svm.features);
      write(row, to);
      return { indices: Array.from(to.keys()), values: Array.from(to) };
    });
    decisionsOf(svm, x).forEach((d, i) => {
      expect(d).toBeCloseTo(expected[i], 5);
    });
  });

  test('an index of a million takes no memory; one matrix of it is refused', () => {
    const svm = parseLibsvmModel(MODEL.replace(' 3:-1', ' 100000000:-1'));
    expect(compact(svm).svm.features).toBe(4);
    expect(() => svmToGraph(svm)).toThrow('4 support vectors of 100000000 features are 400000000 values');
  });

  test('infinity is far with rbf, and refused with other kernels', () => {
    const row = { indices: [0], values: [Number.POSITIVE_INFINITY] };
    const rbf = compact(parseLibsvmModel(MODEL.replace('polynomial', 'rbf')));
    const x = new Float32Array(rbf.svm.features);
    rbf.write(row, x);
    const rho = rbf.svm.rho.map((r) => -r);
    expect(Array.from(predictSvm(rbf.svm, x, 1).decisions)).toEqual(rho);
    expect(() => compact(parseLibsvmModel(MODEL)).write(row, x)).toThrow(
      'the value Infinity is not supported',
    );
    const nan = { indices: [0], values: [Number.NaN] };
    expect(() => rbf.write(nan, x)).toThrow('the value NaN is not supported');
  });
});

test('a linear machine has one vector for each pair in its graph', () => {
  const svm = parseLibsvmModel(MODEL.replace('polynomial', 'linear'));
  const { attributes } = svmToGraph(svm).nodes[0];
  expect(attributes).toMatchObject({ vectors_per_class: [2, 1, 0], coefficients: [1, 0, 0, 0, 1, 1] });
  const one: Svm = {
    ...svm,
    counts: [2, 1, 0],
    supportVectors: Float64Array.from(attributes.support_vectors as number[]),
    coefficients: Float64Array.of(1, 0, 0, 0, 1, 1),
  };
  const row = [{ indices: [0, 1, 2], values: [1, 2, -3] }];
  expect(decisionsOf(one, row)).toEqual(decisionsOf(svm, row));
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
