import type { Source } from '../formats/source';
import { createGpu, type Gpu } from '../gpu/gpu';
import type { Graph } from '../graph/graph';
import { withOperators } from '../graph/with-operators';
import { type DetectorName, loadModels } from '../models';
import type { TuningOptions } from '../network/tuning';
import { expressionModel } from './expression-model';
import type { Face } from './face';
import { createFramePath } from './frame-path';
import type { WatchSource } from './frames';
import { createPictures } from './picture';
import type { PictureSource } from './picture-source';
import type { StageName } from './stages';
import { createSubmit, type Recognition } from './submit';
import { watch } from './watch';
import type { WatchedFrame, WatchOptions } from './watched-frames';

/** Options of `createRecognizer`. */
export interface RecognizerOptions {
  /** A GPU from `createGpu`, if it is shared with other code. Default: the recognizer opens its own GPU. */
  readonly gpu?: Gpu;
  /**
   * The face detector: the name of a shipped BlazeFace model, the address or the bytes of an ONNX file, or a graph.
   * `accurate` (default) reads 256 x 256 pixels. `fast` reads 128 x 128 pixels, needs a sixth of the computation,
   * and misses small faces.
   */
  readonly detector?: DetectorName | Source | Graph;
  /**
   * The expression model: the address or the bytes of an ONNX file, or a graph, for example from `svmToGraph`. It is a
   * CNN, an SVMClassifier, or a CNN followed by an SVMClassifier. Default: the shipped model.
   * Its input is (N,1,S,S), (N,S,S,1) or (N,S²) with grey levels -1..1. Its output is (N, classes). If the model
   * contains no SVMClassifier and does not end in Softmax, a Softmax is added.
   */
  readonly expression?: Source | Graph;
  /** Names of the expression model's classes, in the model's order. Default: the names in its SVMClassifier. */
  readonly labels?: readonly string[];
  /** Maximum number of faces returned per picture. Default: 16. */
  readonly maxFaces?: number;
  /** Minimum detector score of a face, 0..1. Default: 0.5. */
  readonly minScore?: number;
  /** Tuning of both networks, as in `compile`. `false` switches tuning off. */
  readonly tuning?: TuningOptions | false;
  /**
   * If it is aborted while the models load, `createRecognizer` rejects with the signal's reason. If it is aborted
   * later, the recognizer is destroyed, and every `watch` that uses it ends without an error.
   */
  readonly signal?: AbortSignal;
}

/** Options of `recognize` and `analyse`. */
export interface RecognizeOptions {
  /**
   * Whether to search the picture for faces. If `false`, the whole picture is treated as one face; it should be
   * cropped like the pictures of the FER2013 data set. Default: true.
   */
  readonly detect?: boolean;
  /** Whether to time each stage on the GPU. Timing makes a frame slightly slower. Default: false. */
  readonly stages?: boolean;
  /** Whether to return `Face.crop`. This reads 37 kB more from the GPU for each of `maxFaces`. Default: false. */
  readonly crops?: boolean;
}

/** The GPU work and the data transfer of one frame. */
export interface FrameCost {
  /** Number of dispatches in each stage. Tuning may change it. */
  readonly dispatches: Readonly<Record<StageName, number>>;
  /** Number of bytes read back from the GPU. */
  readonly bytesRead: number;
}

/** Finds faces in pictures and recognises their expressions. */
export interface Recognizer {
  /** The GPU that the recognizer uses. */
  readonly gpu: Gpu;
  /** Names of the expression classes, in the model's order. */
  readonly labels: readonly string[];
  /** The cost of one frame. It does not depend on the number of faces in the picture. */
  readonly frame: FrameCost;
  /** Resolves when tuning is over. Results before that are equally correct, only slower. Never rejects. */
  readonly tuned: Promise<void>;
  /**
   * Finds the faces in a picture and recognises their expressions, with one submission to the GPU and one read.
   * Calls may overlap: the caller does not have to wait for the result of the previous call.
   * @throws TypeError if `picture` is not a picture; Error if it can't be decoded, is empty or too large, if the GPU
   *   is lost, or if the recognizer is destroyed
   */
  recognize(picture: PictureSource, options?: RecognizeOptions): Promise<readonly Face[]>;
  /**
   * Does the same as `recognize`, and also returns the picture's size and the time of each part.
   * @throws the same errors as `recognize`
   */
  analyse(picture: PictureSource, options?: RecognizeOptions): Promise<Recognition>;
  /**
   * Recognises the frames of a video and tracks the faces from frame to frame:
   * `for await (const { faces } of recognizer.watch(video)) draw(faces)`.
   * The loop ends when the video or the stream ends, on `break`, or when `signal` is aborted. In a worker there is no
   * video element: watch a stream of VideoFrames there.
   * @throws during the iteration: the errors of `recognize`, TypeError if `source` can't be watched, and RangeError or
   *   Error if an option is out of range
   */
  watch(source: WatchSource, options?: WatchOptions): AsyncGenerator<WatchedFrame, void, undefined>;
  /** Frees the recognizer's GPU resources. A GPU that was passed in `RecognizerOptions.gpu` stays open. */
  destroy(): void;
}

/**
 * Creates a recognizer: opens the GPU and loads the models.
 * @throws RangeError if `maxFaces` or `minScore` is out of range; Error if WebGPU is not available, or if a model can't
 *   be loaded or has unsuitable inputs or outputs; the signal's reason if `signal` is aborted
 */
export async function createRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  const { maxFaces = 16, minScore = 0.5, signal } = options;
  checkRanges(maxFaces, minScore);
  signal?.throwIfAborted();
  const graphs = loadModels(options);
  graphs.catch(() => undefined); // if there is no GPU either, only that error is reported
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
    const { graph: expression, labels, scores } = expressionModel(await withOperators(model), options.labels);
    const settings = { maxFaces, minScore, scores, tuning: options.tuning };
    const path = await createFramePath(gpu, { detector, expression }, settings);
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

    const submit = createSubmit({ gpu, path, pictures, labels, gone: gone.signal });
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
        const own = { ...settings, signal: AbortSignal.any(signals) };
        return watch(
          (picture, { search, ...extras }) => submit(picture, search ? 'search' : 'keep', extras),
          gone.signal,
          source,
          own,
        );
      },
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  }
}

function checkRanges(maxFaces: number, minScore: number): void {
  if (!Number.isInteger(maxFaces) || maxFaces < 1)
    throw new RangeError(`maxFaces is ${maxFaces}; it must be a whole number of at least 1`);
  if (!(minScore >= 0 && minScore <= 1))
    throw new RangeError(`minScore is ${minScore}; it must be a number from 0 to 1`);
}
