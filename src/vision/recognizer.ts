import { loadOnnx, type Source } from '../formats/load';
import { createGpu, type Gpu } from '../gpu/gpu';
import type { Graph } from '../graph/graph';
import { shippedModels } from '../models';
import type { Box, Detection, Point } from './blazeface';
import { createDetector } from './detector';
import { faceCrop, wholePicture } from './geometry';
import {
  createPictureTexture,
  decoded,
  type PictureSource,
  type PictureTexture,
  sizeOfPicture,
  uploadPicture,
} from './picture';
import { createStage } from './stage';

/** A face and its expression; lengths in pixels of the picture. */
export interface Face {
  readonly box: Box;
  /** Six: right eye, left eye, nose, mouth, right ear, left ear; right and left are the person's. */
  readonly keypoints: readonly Point[];
  /** How sure the detector is that this is a face, 0..1. */
  readonly score: number;
  /** The likeliest class. */
  readonly label: string;
  /** A probability for each class; they sum to 1. */
  readonly scores: Readonly<Record<string, number>>;
}

export interface Recognition {
  /** The surest first. */
  readonly faces: readonly Face[];
  readonly width: number;
  readonly height: number;
  /** Milliseconds of wall clock: picture to GPU, picture to faces, faces to expressions, all of it. */
  readonly timings: {
    readonly upload: number;
    readonly detect: number;
    readonly expression: number;
    readonly total: number;
  };
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
}

export interface Recognizer {
  readonly gpu: Gpu;
  /** The classes, in the model's order. */
  readonly labels: readonly string[];
  /**
   * Finds the faces in a picture and says what they express.
   * Calls may overlap; they run one after the other.
   * @throws if the picture can't be decoded, has no pixels or too many, or the GPU is lost
   */
  recognize(picture: PictureSource, options?: RecognizeOptions): Promise<readonly Face[]>;
  /** The same, with the picture's size and the time that each part took. */
  analyse(picture: PictureSource, options?: RecognizeOptions): Promise<Recognition>;
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
    const [detectorGraph, expressionGraph] = await graphs;
    const [labels, scoresName] = classesOf(expressionGraph);
    const detector = await createDetector(gpu, detectorGraph, { maxFaces, minScore });
    release.push(() => detector.destroy());
    const expression = await createStage(gpu, expressionGraph, {
      label: 'expression',
      frame: { scale: 2, offset: -1, grey: true, border: 'nearest' },
      batch: maxFaces,
    });
    release.push(() => expression.destroy());
    let texture: PictureTexture | undefined;
    release.push(() => texture?.texture.destroy());
    let lost: GPUDeviceLostInfo | undefined;
    void gpu.lost.then((info) => {
      lost = info;
    });

    const size = expression.network.inputs[0].shape[2];
    const analyseOne = async (
      source: PictureSource,
      { detect = true }: RecognizeOptions,
    ): Promise<Recognition> => {
      if (destroyed) throw new Error('the recognizer is destroyed');
      if (lost) throw new Error(`the GPU is lost (${lost.reason}): ${lost.message}`);
      const started = performance.now();
      const picture = await decoded(source);
      const [width, height] = sizeOfPicture(picture);
      if (destroyed) throw new Error('the recognizer is destroyed'); // while the picture was decoded
      if (texture?.width !== width || texture.height !== height) {
        texture?.texture.destroy();
        texture = undefined;
        texture = createPictureTexture(gpu.device, width, height);
      }
      await uploadPicture(gpu.device, picture, texture);
      if (picture !== source) (picture as ImageBitmap).close(); // a Blob's, decoded here
      const uploaded = performance.now();
      const found: readonly Detection[] = detect
        ? await detector.detect(texture)
        : [wholeFace(width, height)];
      const detected = performance.now();
      const crops = detect
        ? found.map(({ keypoints }) => faceCrop(keypoints, size))
        : [wholePicture(width, height, size)];
      const scores = found.length ? (await expression.run(texture, crops))[scoresName] : new Float32Array();
      const ended = performance.now();
      return {
        faces: found.map((detection, i) => ({
          ...detection,
          ...labelled(labels, scores.subarray(i * labels.length, (i + 1) * labels.length)),
        })),
        width,
        height,
        timings: {
          upload: uploaded - started,
          detect: detected - uploaded,
          expression: ended - detected,
          total: ended - started,
        },
      };
    };

    // The texture and the networks' buffers serve one picture at a time.
    let queue: Promise<unknown> = Promise.resolve();
    const analyse = (source: PictureSource, settings: RecognizeOptions = {}): Promise<Recognition> => {
      const turn = queue.then(() => analyseOne(source, settings));
      queue = turn.catch(() => undefined);
      return turn;
    };
    return {
      gpu,
      labels,
      analyse,
      recognize: async (source, settings) => (await analyse(source, settings)).faces,
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

function labelled(
  labels: readonly string[],
  scores: Float32Array,
): { label: string; scores: Record<string, number> } {
  const best = scores.indexOf(Math.max(...scores));
  return { label: labels[best], scores: Object.fromEntries(labels.map((label, i) => [label, scores[i]])) };
}

/** A picture that is a face: no keypoints were looked for. */
const wholeFace = (width: number, height: number): Detection => ({
  box: { x: 0, y: 0, width, height },
  keypoints: [],
  score: 1,
});
