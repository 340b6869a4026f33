import type { Source } from '../formats/load';
import { createGpu, type Gpu } from '../gpu/gpu';
import type { Graph } from '../graph/graph';
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
import { type WatchedFrame, type WatchOptions, watch } from './watch';

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
  checkRanges(maxFaces, minScore);
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
    throw new RangeError(`maxFaces is ${maxFaces}: a whole number from 1 is needed`);
  if (!(minScore >= 0 && minScore <= 1))
    throw new RangeError(`minScore is ${minScore}: a number from 0 to 1 is needed`);
}
