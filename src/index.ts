/**
 * Mien runs CNNs and SVMs from ONNX files on WebGPU, and recognises facial expressions with them.
 *
 * `createRecognizer` finds faces and recognises their expressions. The functions that it is built on can also be used
 * alone: `createGpu`, `loadOnnx`, `loadLibsvm`, `svmToGraph`, `compile`.
 *
 * @module mien-gpu
 */

export type { Kernel, Pass, PictureKind, WgslFile } from '../shaders/plan/plan';
export { loadLiblinear, loadLibsvm, loadOnnx } from './formats/load';
export type { Source } from './formats/source';
export { createGpu, type Gpu, type GpuOptions } from './gpu/gpu';
export type { Attribute, Constant, ElementType, Graph, GraphInput, Node, TensorOf } from './graph/graph';
export { type DetectorName, shippedModels } from './models';
export type { Layout } from './network/builder';
export type { Tensor } from './network/inputs';
export {
  type CompileOptions,
  compile,
  type MemoryUse,
  type Network,
  type OutputInfo,
  type StepInfo,
  type ValueInfo,
} from './network/network';
export type { LabelTensor, OutputTensor } from './network/run';
export type { KernelTimings, Times, TuningOptions, TuningStore } from './network/tuning';
export { svmToGraph } from './svm/graph';
export type { SparseVector, Svm, SvmKernel } from './svm/svm';
export type { Box, Detection, Face, Point } from './vision/face';
export type { WatchSource } from './vision/frames';
export type { PictureSource, Pixels } from './vision/picture-source';
export {
  createRecognizer,
  type FrameCost,
  type RecognizeOptions,
  type Recognizer,
  type RecognizerOptions,
} from './vision/recognizer';
export type { StageName } from './vision/stages';
export type { Recognition, Timings } from './vision/submit';
export type { BriefEvent, ChangeEvent, FaceEvent, TrackedFace } from './vision/tracks';
export type { WatchedFrame, WatchOptions } from './vision/watched-frames';
