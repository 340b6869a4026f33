import type { Source } from '../formats/load';
import { createGpu, type Gpu } from '../gpu/gpu';
import type { Graph } from '../graph/graph';
import { type DetectorName, loadModels } from '../models';
import type { TuningOptions } from '../network/tuning';
import { expressionModel } from './expression-model';
import type { Face } from './face';
import { createFramePath, type Extras, type FrameResult, type StageName, type Where } from './frame-path';
import type { WatchSource } from './frames';
import { createPictures } from './picture';
import type { PictureSource } from './picture-source';
import { type WatchedFrame, type WatchOptions, watch } from './watch';

/** What was found in a picture. */
export interface Recognition {
  /** The faces with the highest scores first. */
  readonly faces: readonly Face[];
  /** Whether the picture shows more faces than `maxFaces`; they are left out. */
  readonly moreFaces: boolean;
  /** The picture's, in pixels. */
  readonly width: number;
  /** The picture's, in pixels. */
  readonly height: number;
  /** How long each part took. */
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

/** How a recognizer is made. */
export interface RecognizerOptions {
  /** A GPU from `createGpu`, to share one; else the recognizer opens its own. */
  readonly gpu?: Gpu;
  /**
   * A shipped BlazeFace by name, or another as ONNX, an address or bytes, or as a graph. `accurate`, the default, sees 256 x 256
   * pixels; `fast` sees 128 x 128, is a sixth of the work, and misses small faces.
   */
  readonly detector?: DetectorName | Source | Graph;
  /**
   * What reads a face: a CNN, an SVMClassifier, or both one after the other, as ONNX, an address or bytes, or as a
   * graph (such as `svmToGraph` makes); default the shipped one. Its input is (N,1,S,S), (N,S,S,1) or (N,S²), grey levels -1..1; its output is (N, classes). What is
   * no probability yet passes through Softmax.
   */
  readonly expression?: Source | Graph;
  /** The names of the expression model's classes, in its order; default those of its SVMClassifier. */
  readonly labels?: readonly string[];
  /** Maximum number of faces in a picture; default 16. */
  readonly maxFaces?: number;
  /** Minimum score of the detector for a face, 0..1; default 0.5. */
  readonly minScore?: number;
  /** How both networks choose their kernels, as in `compile`. */
  readonly tuning?: TuningOptions | false;
  /**
   * Aborted while the models load, `createRecognizer` rejects with the signal's reason; aborted later, the recognizer is
   * destroyed, and what watches with it ends without an error.
   */
  readonly signal?: AbortSignal;
}

/** How one picture is recognised. */
export interface RecognizeOptions {
  /** false: the picture is one face already, cut like those of FER2013, and is not searched; default true. */
  readonly detect?: boolean;
  /** Whether the stages are timed on the GPU, which costs a little; default false. */
  readonly stages?: boolean;
  /** Whether faces bring what the CNN sees of them: 37 kB more are read for each of `maxFaces`; default false. */
  readonly crops?: boolean;
}

/** What a frame costs. */
export interface FrameCost {
  /** Dispatches by stage; tuning may change them. */
  readonly dispatches: Readonly<Record<StageName, number>>;
  /** Bytes that are read back. */
  readonly bytesRead: number;
}

/** Finds faces and says what they express. */
export interface Recognizer {
  /** The GPU that it runs on. */
  readonly gpu: Gpu;
  /** The classes, in the model's order. */
  readonly labels: readonly string[];
  /** What a frame costs, whatever it shows. */
  readonly frame: FrameCost;
  /** Resolves when the networks have chosen their kernels; frames before are as right, and slower. Never rejects. */
  readonly tuned: Promise<void>;
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
 * @throws if an option is out of its range, there is no WebGPU, a model can't be loaded or is of another kind, or
 *   `signal` is aborted
 */
export async function createRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  const { maxFaces = 16, minScore = 0.5, signal } = options;
  if (!Number.isInteger(maxFaces) || maxFaces < 1)
    throw new RangeError(`maxFaces is ${maxFaces}: a whole number from 1 is needed`);
  if (!(minScore >= 0 && minScore <= 1))
    throw new RangeError(`minScore is ${minScore}: a number from 0 to 1 is needed`);
  signal?.throwIfAborted();
  const graphs = loadModels(options);
  graphs.catch(() => undefined); // if there is no GPU, that is what is told
  const gpu = options.gpu ?? (await createGpu());
  const release: (() => void)[] = options.gpu ? [] : [() => gpu.destroy()];
  const gone = new AbortController();
  const destroy = () => {
    gone.abort(new Error('the recognizer is destroyed'));
    for (const free of release.splice(0).reverse()) free();
  };
  try {
    const [detector, model] = await graphs;
    signal?.throwIfAborted();
    const { graph: expression, labels, scores } = expressionModel(model, options.labels);
    const path = await createFramePath(
      gpu,
      { detector, expression },
      { maxFaces, minScore, scores, tuning: options.tuning },
    );
    release.push(() => path.destroy());
    const pictures = createPictures(gpu);
    release.push(() => pictures.destroy());
    await path.ready('texture');
    signal?.throwIfAborted();
    signal?.addEventListener('abort', destroy, { once: true });
    release.push(() => signal?.removeEventListener('abort', destroy));
    void gpu.lost.then(({ reason, message }) => {
      gone.abort(new Error(`the GPU is lost (${reason}): ${message}`));
    });

    /** Resolves when the picture is submitted, to a promise of its faces. */
    const submit = async (source: PictureSource, where: Where, extras: Extras) => {
      gone.signal.throwIfAborted();
      const started = performance.now();
      const { picture, kind, done } = await pictures.prepare(source);
      try {
        await path.ready(kind);
        const decoded = performance.now();
        gone.signal.throwIfAborted(); // while the picture was decoded
        // What the GPU refuses it says later, and would read back what stood there before.
        const { given, refusal } = scoped(gpu.device, () => {
          const bound = pictures.bind(picture, kind);
          return { bound, pending: path.submit(bound, where, extras) };
        });
        const { bound, pending } = given;
        const record = performance.now() - decoded;
        const result = Promise.all([pending, refusal]).then(([frame, refused]): Recognition => {
          if (refused) throw new Error(`the GPU refused the picture: ${refused.message}`);
          const total = performance.now() - started;
          const timings = { decode: decoded - started, record, total, stages: frame.stages };
          const { width, height } = bound;
          return { faces: facesOf(labels, frame), moreFaces: frame.moreFaces, width, height, timings };
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
      get frame() {
        return { dispatches: path.dispatches, bytesRead: path.bytesRead };
      },
      tuned: path.tuned,
      analyse,
      recognize: async (source, settings) => (await analyse(source, settings)).faces,
      watch(source, settings = {}) {
        const signals = [signal, settings.signal].filter((each) => each !== undefined);
        return watch(
          (picture, { search, ...extras }) => submit(picture, search ? 'search' : 'keep', extras),
          gone.signal,
          source,
          { ...settings, signal: AbortSignal.any(signals) },
        );
      },
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  }
}

/** What `work` gives, and a promise of what the device has to say against it. */
function scoped<T>(device: GPUDevice, work: () => T): { given: T; refusal: Promise<GPUError | undefined> } {
  const filters = ['validation', 'out-of-memory'] as const;
  for (const filter of filters) device.pushErrorScope(filter);
  const pop = async () => {
    const errors = filters.map(() => device.popErrorScope().catch(() => null)); // a lost GPU says so itself
    return (await Promise.all(errors)).find((error) => error !== null) ?? undefined;
  };
  try {
    const given = work();
    return { given, refusal: pop() };
  } catch (error) {
    void pop();
    throw error;
  }
}

function facesOf(labels: readonly string[], { faces, scores, crops }: FrameResult): Face[] {
  return faces.map((face, i) => {
    const own = scores.subarray(i * labels.length, (i + 1) * labels.length);
    const label = labels[own.indexOf(Math.max(...own))];
    const named = Object.fromEntries(labels.map((name, k) => [name, own[k]]));
    return { ...face, label, scores: named, ...(crops && { crop: crops[i] }) };
  });
}
