/** Every engine as the same three calls: create, run, destroy. */

import { compile, type Gpu, type Graph, loadOnnx, type Tensor } from '../../src';
import { loadScript, PACKAGES } from './script';
import { runnerOf } from './tfjs';

export interface Runner {
  /** x (N, ...) -> the first output's numbers, on the CPU. */
  run(x: Float32Array, shape: readonly number[]): Promise<Float32Array>;
  /** Resolves when it will get no faster. */
  settled?(): Promise<void>;
  /** Records a run of the whole batch, where the engine lets us. */
  record?(pass: GPUComputePassEncoder): void;
  destroy(): Promise<void> | void;
}

/** A model in the forms that the engines read. */
export interface Forms {
  readonly graph: Graph;
  /** The bytes of an ONNX file; the engine may change them. */
  readonly onnx: Uint8Array;
  /** Address of a file of LiteRT for one item, if there is one. */
  readonly tflite?: URL;
  /** How many numbers the first output contains for the whole batch, as far as it is known. */
  readonly length?: number;
}

export interface Engine {
  readonly name: string;
  /** Makes a model ready for batches of one size. */
  create(forms: Forms, batch: number): Promise<Runner>;
}

/** Milliseconds: enough for every variant, on a software adapter too. */
export const TUNING = 60_000;

/** This engine, on a device that is open already, as the peers' are. */
export const mien = (gpu: Gpu): Engine => ({
  name: 'Mien',
  async create({ onnx }, batch) {
    const network = await compile(await loadOnnx(onnx), gpu, { batch, tuning: { budget: TUNING } });
    const [input] = network.inputs;
    const [output] = network.outputs;
    return {
      run: async (data, shape) =>
        ((await network.run({ [input.name]: { shape, data } }))[output.name] as Tensor).data,
      settled: () => network.tuned,
      record: (pass) => network.encode(pass, batch),
      destroy: () => network.destroy(),
    };
  },
});

/** What is used here of onnxruntime-web. */
interface Ort {
  readonly env: { readonly wasm: { numThreads: number; wasmPaths: string } };
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: object): Promise<OrtSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => { dispose(): void };
}
interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: object): Promise<Record<string, { getData(): Promise<Float32Array>; dispose(): void }>>;
  release(): Promise<void>;
}

async function ort(name: string, file: string, provider: string, threads: number): Promise<Engine> {
  // Another query is another instance of the module: each has threads of its own.
  const address = `${PACKAGES}/onnxruntime-web/dist/${file}?threads=${threads}`;
  const { default: runtime, ...named } = (await import(/* @vite-ignore */ address)) as Ort & { default: Ort };
  const { env, InferenceSession, Tensor } = runtime ?? named;
  env.wasm.numThreads = threads;
  env.wasm.wasmPaths = `${PACKAGES}/onnxruntime-web/dist/`;
  return {
    name,
    async create({ onnx }) {
      const session = await InferenceSession.create(onnx, { executionProviders: [provider] });
      return {
        async run(x, shape) {
          const input = new Tensor('float32', x, shape);
          const outputs = await session.run({ [session.inputNames[0]]: input });
          const found = await outputs[session.outputNames[0]].getData();
          input.dispose();
          for (const output of Object.values(outputs)) output.dispose();
          return found;
        },
        destroy: () => session.release(),
      };
    },
  };
}

export const ortWebgpu = () => ort('onnxruntime-web, WebGPU', 'ort.webgpu.bundle.min.mjs', 'webgpu', 1);
export const ortWasm = (threads: number) =>
  ort(
    `onnxruntime-web, WASM, ${threads} thread${threads > 1 ? 's' : ''}`,
    'ort.wasm.bundle.min.mjs',
    'wasm',
    threads,
  );

/** TensorFlow.js, WebGPU: the graph's nodes as its operators, NHWC, convolutions fused with bias and activation. */
export async function tfjs(): Promise<Engine> {
  await loadScript('@tensorflow/tfjs-core/dist/tf-core.min.js');
  await loadScript('@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js');
  const { tf } = globalThis as unknown as { tf: Tf };
  await tf.setBackend('webgpu');
  await tf.ready();
  return { name: 'TensorFlow.js, WebGPU', create: async ({ graph }) => runnerOf(tf, graph) };
}

/** What is used here of TensorFlow.js. */
export interface Tf {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tidy<T>(f: () => T): T;
  tensor(data: Float32Array, shape: readonly number[]): TfTensor;
  transpose(x: TfTensor, perm: readonly number[]): TfTensor;
  reshape(x: TfTensor, shape: readonly number[]): TfTensor;
  relu(x: TfTensor): TfTensor;
  add(a: TfTensor, b: TfTensor): TfTensor;
  concat(tensors: readonly TfTensor[], axis: number): TfTensor;
  mean(x: TfTensor, axes: readonly number[], keep: boolean): TfTensor;
  maxPool(x: TfTensor, size: readonly number[], strides: readonly number[], pad: TfPad): TfTensor;
  readonly fused: {
    conv2d(o: TfConv): TfTensor;
    depthwiseConv2d(o: TfConv): TfTensor;
    matMul(o: { a: TfTensor; b: TfTensor; bias?: TfTensor; activation: string }): TfTensor;
  };
}
export type TfPad = readonly (readonly [number, number])[] | 'valid';
interface TfConv {
  x: TfTensor;
  filter: TfTensor;
  strides: readonly number[];
  pad: TfPad;
  bias?: TfTensor;
  activation: string;
}
export interface TfTensor {
  readonly shape: readonly number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}
