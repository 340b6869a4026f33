import { loadOnnx, type Source } from '../formats/load';
import { createGpu, type Gpu } from '../gpu/gpu';
import type { Graph } from '../graph/graph';
import { shippedModels } from '../models';
import type { Detection } from './face';
import { createFramePath, type Extras, type FrameResult, type StageName, type Where } from './frame-path';
import { createPictures, type PictureSource } from './picture';
import { type WatchedFrame, type WatchOptions, type WatchSource, watch } from './watch';

/** A face and its expression; lengths in pixels of the picture. */
export interface Face extends Detection {
  /** The likeliest class. */
  readonly label: string;
  /** A probability for each class; they sum to 1. */
  readonly scores: Readonly<Record<string, number>>;
  /** What the CNN sees, where it was asked for: 48 x 48 grey levels, -1..1, row-major. */
  readonly crop?: Float32Array;
}

export interface Recognition {
  /** The surest first. */
  readonly faces: readonly Face[];
  readonly width: number;
  readonly height: number;
  readonly timings: Timings;
}

/** Milliseconds. */
export interface Timings {
  /** Until the picture was decoded, where it had to be. */
  readonly decode: number;
  /** On the CPU, to bind (or copy) the picture, to record all of the frame and to submit it. */
  readonly record: number;
  /** From the call to the result. */
  readonly total: number;
  /** On the GPU, by stage: where they were asked for and the GPU has timestamp queries. Browsers may round to 0.1. */
  readonly stages?: Readonly<Record<StageName, number>>;
}

export interface RecognizerOptions {
  /** A GPU from `createGpu`, to share one; else the recognizer opens its own. */
  readonly gpu?: Gpu;
  /** BlazeFace as ONNX, an address or bytes; default the shipped one for 256 x 256. */
  readonly detector?: Source;
  /** CNN and SVMClassifier as ONNX, an address or bytes; default the shipped one. */
  readonly expression?: Source;
  /** The most faces in a picture; default 16. */
  readonly maxFaces?: number;
  /** How sure the detector must be, 0..1; default 0.5. */
  readonly minScore?: number;
}

export interface RecognizeOptions {
  /** false: the picture is one face already, cut like those of FER2013, and is not searched; default true. */
  readonly detect?: boolean;
  /** Whether the stages are timed on the GPU, which costs a little; default false. */
  readonly stages?: boolean;
  /** Whether faces bring what the CNN sees of them; default false. */
  readonly crops?: boolean;
}

export interface Recognizer {
  readonly gpu: Gpu;
  /** The classes, in the model's order. */
  readonly labels: readonly string[];
  /** What a frame costs, whatever it shows: dispatches by stage, and bytes that are read back. */
  readonly frame: { readonly dispatches: Readonly<Record<StageName, number>>; readonly bytesRead: number };
  /**
   * Finds the faces in a picture and says what they express: one submission to the GPU and one read.
   * Calls may overlap: a picture need not wait for the faces of the one before.
   * @throws if the picture can't be decoded, has no pixels or too many, or the GPU is lost
   */
  recognize(picture: PictureSource, options?: RecognizeOptions): Promise<readonly Face[]>;
  /** The same, with the picture's size and the time that each part took. */
  analyse(picture: PictureSource, options?: RecognizeOptions): Promise<Recognition>;
  /**
   * The faces of every frame of a video, followed: `for await (const { faces } of recognizer.watch(video)) draw(faces)`.
   * Ends with the video or stream, by `break`, or by `signal`. In a module worker, watch a stream of VideoFrames.
   * @throws what `recognize` throws, while it is iterated
   */
  watch(source: WatchSource, options?: WatchOptions): AsyncGenerator<WatchedFrame, void, undefined>;
  /** Frees all that the recognizer holds on the GPU; a GPU that was handed in stays open. */
  destroy(): void;
}

/**
 * Opens the GPU and loads the models.
 * @throws if there is no WebGPU, or a model can't be loaded or is of another kind
 */
export async function createRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  const { maxFaces = 16, minScore = 0.5 } = options;
  const graphs = Promise.all([
    loadOnnx(options.detector ?? shippedModels.detector()),
    loadOnnx(options.expression ?? shippedModels.expression()),
  ]);
  graphs.catch(() => undefined); // if there is no GPU, that is what is told
  const gpu = options.gpu ?? (await createGpu());
  const release: (() => void)[] = options.gpu ? [] : [() => gpu.destroy()];
  let destroyed = false;
  const destroy = () => {
    destroyed = true;
    for (const free of release.splice(0).reverse()) free();
  };
  try {
    const [detector, expression] = await graphs;
    const [labels, scores] = classesOf(expression);
    const path = await createFramePath(gpu, { detector, expression }, { maxFaces, minScore, scores });
    release.push(() => path.destroy());
    const pictures = createPictures(gpu);
    release.push(() => pictures.destroy());
    await path.ready('texture');
    let lost: GPUDeviceLostInfo | undefined;
    void gpu.lost.then((info) => {
      lost = info;
    });
    const check = () => {
      if (destroyed) throw new Error('the recognizer is destroyed');
      if (lost) throw new Error(`the GPU is lost (${lost.reason}): ${lost.message}`);
    };

    /** Resolves when the picture is submitted, to a promise of its faces. */
    const submit = async (source: PictureSource, where: Where, extras: Extras) => {
      check();
      const started = performance.now();
      const { picture, kind, done } = await pictures.prepare(source);
      await path.ready(kind);
      const decoded = performance.now();
      check(); // while the picture was decoded
      try {
        const bound = pictures.bind(picture, kind);
        const pending = path.submit(bound, where, extras);
        const record = performance.now() - decoded;
        const result = pending.then((frame): Recognition => {
          const total = performance.now() - started;
          const timings = { decode: decoded - started, record, total, stages: frame.stages };
          return { faces: facesOf(labels, frame), width: bound.width, height: bound.height, timings };
        });
        return { result };
      } finally {
        done();
      }
    };
    const analyse = async (source: PictureSource, { detect = true, ...extras }: RecognizeOptions = {}) =>
      (await submit(source, detect ? 'search' : 'whole', extras)).result;
    return {
      gpu,
      labels,
      frame: { dispatches: path.dispatches, bytesRead: path.bytesRead },
      analyse,
      recognize: async (source, settings) => (await analyse(source, settings)).faces,
      watch: (source, settings) =>
        watch(
          (picture, { search, ...extras }) => submit(picture, search ? 'search' : 'keep', extras),
          source,
          settings,
        ),
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  }
}

/** The SVM's classes, and the name of the output with their probabilities. */
function classesOf(graph: Graph): [labels: readonly string[], scores: string] {
  const svm = graph.nodes.find(({ op }) => op === 'SVMClassifier');
  const labels = svm?.attributes.classlabels_strings;
  if (!svm || !Array.isArray(labels) || !labels.length || !graph.outputs.includes(svm.outputs[1]))
    throw new Error(
      'expression: the model must end in an SVMClassifier with classlabels_strings, its scores an output',
    );
  if (!Array.isArray(svm.attributes.prob_a) || !svm.attributes.prob_a.length)
    throw new Error('expression: the SVMClassifier has no probabilities (prob_a, prob_b)');
  return [labels as readonly string[], svm.outputs[1]];
}

function facesOf(labels: readonly string[], { faces, scores, crops }: FrameResult): Face[] {
  return faces.map((face, i) => {
    const own = scores.subarray(i * labels.length, (i + 1) * labels.length);
    const label = labels[own.indexOf(Math.max(...own))];
    const named = Object.fromEntries(labels.map((name, k) => [name, own[k]]));
    return { ...face, label, scores: named, ...(crops && { crop: crops[i] }) };
  });
}
