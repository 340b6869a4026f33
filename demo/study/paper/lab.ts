/** Everything that computes: the recognizer, the networks with intermediate tensors, and single kernels. */

import {
  compile,
  createGpu,
  createRecognizer,
  type Face,
  type Gpu,
  type Graph,
  loadOnnx,
  type Network,
  type Recognition,
  shippedModels,
  type Tensor,
} from '../../../src/index';
import { profile } from '../../../src/network/profile';
import { type Classifier, svmOfNode } from '../../../src/svm/node';
import { createOwner } from '../../../src/vision/owned';
import expressionFer2013 from '../../../weights/expression-fer2013.onnx?url';
import { afterFeatures, ranSteps, walkedGraph } from './cnn';
import { type Crop, cropFace, greyGraph, SIDE } from './crops';
import { type Decision, decide, type Share, sharesFor } from './decision';
import { createRunner, type Ran } from './kernels';

/** A probability for each class. */
export type Scores = Readonly<Record<string, number>>;

/** What was found in a picture. */
export interface Found {
  /** The faces, with the time of each stage. */
  readonly recognition: Recognition;
  /** The picture. Its owner closes it. */
  readonly source: ImageBitmap;
}

/** All numbers between a picture and the label of one of its faces. */
export interface Walk {
  /** The face, as the recognizer returns it. */
  readonly face: Face;
  /** Its crop. */
  readonly crop: Crop;
  /** The tensors of the CNN and of the SVM, by name. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** The class with the most votes. */
  readonly voted: string;
  /** The kernel that computed each tensor. */
  readonly ran: ReadonlyMap<string, Ran>;
  /** The SVM for FER+'s majority. */
  readonly svm: Classifier;
  /** How it decides. */
  readonly decision: Decision;
  /** The share of each support vector in the decision for the face's label. */
  readonly shares: readonly Share[];
  /** The scores of `expression-fer2013.onnx`. */
  readonly fer2013: Scores;
}

/** The engine of the page. */
export interface Lab {
  /** The GPU. */
  readonly gpu: Gpu;
  /** Whether times come from the GPU's timestamps; else from the clock of the page. */
  readonly hasTimestamps: boolean;
  /** Finds the faces in a picture. @throws the errors of `Recognizer.analyse` */
  find(source: ImageBitmap): Promise<Found>;
  /** Computes every stage for one face. @throws if the device is lost or the lab is destroyed */
  walk(found: Found, face: Face): Promise<Walk>;
  /** Frees everything, the GPU included. */
  destroy(): void;
}

/** Nothing is measured in the background: it would disturb the times that are shown. Stored times are used. */
const TUNING = { budget: 0 } as const;

/** The attribute names of an SVM. @throws Error if the model contains none */
function svmOf(graph: Graph): Classifier {
  const node = graph.nodes.find(({ op }) => op === 'SVMClassifier');
  if (!node) throw new Error(`the model ${graph.name} contains no SVM`);
  return svmOfNode(node, 64);
}

const named = (labels: readonly (string | number)[], scores: ArrayLike<number>): Scores =>
  Object.fromEntries(labels.map((label, at) => [label, scores[at]]));

/**
 * Opens the GPU, loads the models and compiles the networks.
 * @param onStep called with a sentence before each part
 * @throws Error if there is no WebGPU, or if a model can't be loaded
 */
export async function openLab(onStep: (sentence: string) => void): Promise<Lab> {
  onStep('Opening the GPU.');
  const { own, destroyAll } = createOwner();
  try {
    const gpu = own(await createGpu());
    onStep('Loading the models.');
    const [shipped, other] = await Promise.all([
      loadOnnx(shippedModels.expression()),
      loadOnnx(new URL(expressionFer2013, location.href)),
    ]);
    onStep('Compiling the kernels for this GPU.');
    const recognizer = own(await createRecognizer({ gpu, expression: shipped, tuning: TUNING }));
    const graph = walkedGraph(shipped);
    const make = async (each: Graph): Promise<Network> => own(await compile(each, gpu, { tuning: TUNING }));
    const networks = {
      cnn: await make(graph),
      grey: await make(greyGraph()),
      fer2013: await make(afterFeatures(other)),
    };
    const runner = own(createRunner(gpu));
    const labels = svmOf(other).labels;
    const svm = svmOf(shipped);
    let times: Promise<ReadonlyMap<string, Ran>> | undefined;

    return {
      gpu,
      hasTimestamps: gpu.features.has('timestamp-query'),
      async find(source) {
        // The first run of a kernel takes longer in some drivers, so only the second one is timed.
        await recognizer.recognize(source);
        return { source, recognition: await recognizer.analyse(source, { stages: true, crops: true }) };
      },
      async walk({ source }, face) {
        const crop = await cropFace(gpu, runner, networks.grey, source, face);
        const x = { shape: [1, 1, SIDE, SIDE], data: crop.input };
        const { label, ...outputs } = await networks.cnn.run({ x });
        const tensors = outputs as Record<string, Tensor>;
        times ??= timesOf(gpu, graph, networks);
        const { features, scaled } = tensors;
        const second = await networks.fer2013.run({ features });
        const decision = await decide(runner, svm, scaled.data);
        const position = decision.labels.indexOf(face.label);
        return {
          ...{ face, crop, tensors, svm, decision, voted: String(label.data[0]) },
          ran: await times,
          shares: sharesFor(svm, decision.kernels, position),
          fer2013: named(labels, (second.scores as Tensor).data),
        };
      },
      destroy: destroyAll,
    };
  } catch (error) {
    destroyAll();
    throw error;
  }
}

/** Measures each step of the networks once; the times do not depend on the picture. */
async function timesOf(
  gpu: Gpu,
  graph: Graph,
  { cnn, grey }: { readonly cnn: Network; readonly grey: Network },
): Promise<ReadonlyMap<string, Ran>> {
  const measured = await profile(graph, gpu, { batch: 1 });
  const measuredGrey = await profile(greyGraph(), gpu, { batch: 1 });
  return new Map([...ranSteps(cnn.steps, measured), ...ranSteps(grey.steps, measuredGrey)]);
}
