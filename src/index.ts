/**
 * Mien: CNNs and SVMs from ONNX files, on WebGPU, and a recogniser of facial expressions made of them.
 *
 * `createRecognizer` is the whole of it; under it, each useful alone: `createGpu`, `loadOnnx`, `loadLibsvm`,
 * `svmToGraph`, `compile`.
 */

export { loadLibsvm, loadOnnx, type Source } from './formats/load';
export { createGpu, type Gpu, type GpuOptions } from './gpu/gpu';
export type { Attribute, Constant, Graph, GraphInput, Node } from './graph/graph';
export { type DetectorName, shippedModels } from './models';
export type { Tensor } from './network/inputs';
export {
  type CompileOptions,
  compile,
  type Network,
  type OutputTensor,
  type StepInfo,
  type TuningOptions,
  type ValueInfo,
} from './network/network';
export type { Times, Timings as KernelTimings, TuningStore } from './network/tuning';
export { svmToGraph } from './svm/node';
export type { Svm, SvmKernel } from './svm/svm';
export type { Box, Detection, Face, Point } from './vision/face';
export type { StageName } from './vision/frame-path';
export type { WatchSource } from './vision/frames';
export type { PictureSource, Pixels } from './vision/picture-source';
export {
  createRecognizer,
  type Recognition,
  type RecognizeOptions,
  type Recognizer,
  type RecognizerOptions,
  type Timings,
} from './vision/recognizer';
export type { FaceEvent, TrackedFace } from './vision/tracks';
export type { WatchedFrame, WatchOptions } from './vision/watch';
