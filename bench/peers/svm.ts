/** An RBF machine, and LIBSVM itself as WebAssembly (libsvm-wasm), which trains it: its build reads no files in a page. */

import { random } from '../../shaders/cases/case';
import { compile, type Gpu, type OutputTensor, type Svm, svmToGraph } from '../../src';
import { type Engine, TUNING } from './engines';
import { loadScript } from './script';

/** Support vectors, features, classes. */
export const SVM = { S: 4000, K: 128, classes: 7, gamma: 0.05 } as const;

/** What is used here of libsvm-wasm, an Emscripten module: its exported functions, by LIBSVM's svm.h. */
interface Libsvm {
  readonly HEAPF64: Float64Array;
  readonly HEAP32: Int32Array;
  _malloc(bytes: number): number;
  _make_samples(data: number, labels: number, count: number, features: number): number;
  _make_param(...parameters: number[]): number;
  _train_model(samples: number, parameter: number): number;
  _predict_one(model: number, row: number, features: number): number;
}
type Factory = () => Promise<Libsvm>;

/** A trained machine, where LIBSVM keeps it and as Mien's. */
export interface Trained {
  readonly libsvm: Libsvm;
  readonly model: number;
  readonly svm: Svm;
}

/**
 * Trains on points whose classes are drawn by lot, each its neighbour's stranger, so that every point becomes a support
 * vector. @throws if one doesn't
 */
export async function train(): Promise<Trained> {
  await loadScript('libsvm-wasm/dist/libsvm.js');
  const libsvm = await (globalThis as unknown as { SVM: Factory }).SVM();
  const { S, K, classes, gamma } = SVM;
  const x = random(1, S * K);
  const labels = Array.from({ length: S }, (_, s) => s % classes);
  const doubles = (numbers: ArrayLike<number>): number => {
    const at = libsvm._malloc(8 * numbers.length);
    libsvm.HEAPF64.set(numbers, at / 8);
    return at;
  };
  const samples = libsvm._make_samples(doubles(x), doubles(labels), S, K);
  // C_SVC, RBF; degree; gamma, coef0, nu, cache MB, C, eps, p; shrinking, probability; class weights.
  const parameter = libsvm._make_param(0, 2, 3, gamma, 0, 0.5, 100, 1, 1e-3, 0.1, 0, 0, 0, 0, 0);
  const model = libsvm._train_model(samples, parameter);
  return { libsvm, model, svm: readModel(libsvm, model, x) };
}

/**
 * svm_model of svm.h, for pointers of 32 bits: behind svm_parameter's 96 bytes nr_class, l, SV, sv_coef, rho. A node is
 * an index and a double, 16 bytes, and a row ends in one more.
 */
function readModel({ HEAP32, HEAPF64 }: Libsvm, model: number, x: Float32Array): Svm {
  const { S, K, classes, gamma } = SVM;
  const word = (at: number) => HEAP32[at / 4];
  const [found, l, vectors, coefficients, rho] = [96, 100, 104, 108, 112].map((offset) =>
    word(model + offset),
  );
  if (found !== classes || l !== S) throw new Error(`libsvm-wasm: ${l} of ${S} points are support vectors`);
  // Each vector is one of the points, whose row begins with nothing but its own numbers.
  const supportVectors = new Float32Array(S * K);
  for (let s = 0; s < S; s++)
    for (let k = 0; k < K; k++) supportVectors[s * K + k] = HEAPF64[(word(vectors + 4 * s) + 16 * k + 8) / 8];
  const pairs = (classes * (classes - 1)) / 2;
  return {
    ...{ kernel: 'rbf', gamma: Math.fround(gamma), coef0: 0, degree: 3 },
    ...{ labels: Array.from({ length: classes }, (_, c) => c), features: K, supportVectors },
    counts: Array.from({ length: classes }, (_, c) => Math.ceil((x.length / K - c) / classes)),
    coefficients: Float32Array.from({ length: (classes - 1) * S }, (_, at) => {
      const [row, s] = [Math.floor(at / S), at % S];
      return HEAPF64[word(coefficients + 4 * row) / 8 + s];
    }),
    rho: Array.from({ length: pairs }, (_, p) => HEAPF64[rho / 8 + p]),
  };
}

/** Both answer with the labels' numbers. LIBSVM's model is there already. */
export const svmEngines = (gpu: Gpu, { libsvm, model, svm }: Trained): readonly Engine[] => [
  {
    name: 'Mien',
    async create(_, batch) {
      const network = await compile(svmToGraph(svm), gpu, { batch, tuning: { budget: TUNING } });
      const [input] = network.inputs;
      return {
        async run(data, shape) {
          const outputs: Record<string, OutputTensor> = await network.run({ [input.name]: { shape, data } });
          return Float32Array.from(outputs.label.data as BigInt64Array, Number);
        },
        settled: () => network.tuned,
        destroy: () => network.destroy(),
      };
    },
  },
  {
    name: 'libsvm-wasm',
    async create() {
      const row = libsvm._malloc(8 * SVM.K);
      return {
        async run(x, [batch, K]) {
          return Float32Array.from({ length: batch }, (_, n) => {
            libsvm.HEAPF64.set(x.subarray(n * K, (n + 1) * K), row / 8);
            return libsvm._predict_one(model, row, K);
          });
        },
        destroy: () => undefined,
      };
    },
  },
];
