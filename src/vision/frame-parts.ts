/** The parts of a frame path: two networks, the kernels between them, and their buffers. */

import { BOX_SIZE, COARSE_ANCHORS, FINE_ANCHORS, planBoxes } from '../../shaders/boxes/boxes';
import { planCrops } from '../../shaders/crops/crops';
import { FACES_HEAD, planFaces } from '../../shaders/faces/faces';
import { CROP_SIZE, planFrame } from '../../shaders/frame/frame';
import type { Candidates, Pass, PictureKind } from '../../shaders/plan/plan';
import { type BoundPass, bindPass, bytesFor, type Gpu, type Operands } from '../gpu/gpu';
import type { Graph } from '../graph/graph';
import { dropInputTransposes } from '../graph/passes/input-transposes';
import type { Network } from '../network/network';
import type { TuningOptions } from '../network/tuning';
import { blazeFaceOutputs } from './blazeface';
import { compileOnCrops } from './crop-network';
import type { Own } from './owned';
import type { PicturePasses } from './stages';

const ANCHORS = FINE_ANCHORS + COARSE_ANCHORS;

/** Boxes whose intersection over union is greater than this are the same face. */
const SAME_FACE = 0.3;

/**
 * Position of a face in a picture of FER2013, the data set on which the CNN was trained, as fractions of the picture's
 * side: medians of BlazeFace's keypoints over 1,425 training faces. In crops, faces are placed in the same position.
 */
export const FER2013 = { eyesY: 0.4, betweenEyes: 0.365, eyesToMouth: 0.386 } as const;

/** Both networks expect colours in -1..1. */
const SIGNED = { scale: 2, offset: -1 } as const;

/** The two networks of a frame path. */
export interface FrameNetworks {
  /** The face detector. */
  readonly detector: Network;
  /** The expression network. */
  readonly expression: Network;
  /** Side of the detector's input in pixels. */
  readonly size: number;
  /** Side of the expression network's input in pixels. */
  readonly faceSize: number;
}

/**
 * Compiles both networks. Tuning starts after `settled` is resolved.
 * @param onChange called when tuning has replaced passes of the expression network
 * @throws Error if the input of a network is unsuitable, or its batch is fixed to another number
 */
export async function compileNetworks(
  gpu: Gpu,
  own: Own,
  graphs: { readonly detector: Graph; readonly expression: Graph },
  options: { readonly maxFaces: number; readonly scores: string; readonly tuning?: TuningOptions | false },
  settled: Promise<void>,
  onChange: () => void,
): Promise<FrameNetworks> {
  const { tuning, maxFaces } = options;
  const later = tuning !== false && { ...tuning, after: Promise.all([settled, tuning?.after]) };
  const pictures = dropInputTransposes(graphs.detector);
  const detector = own(await compileOnCrops(gpu, 'detector', pictures, 3, 1, later));
  const scored = { ...graphs.expression, outputs: [options.scores] }; // the label follows from the scores
  const counting = tuning !== false && {
    ...{ batch: 1, ...later }, // most pictures show one person
    onChange: () => {
      onChange();
      tuning?.onChange?.();
    },
  };
  const expression = own(await compileOnCrops(gpu, 'expression', scored, 1, maxFaces, counting));
  const sideOf = ({ inputs }: Network) => inputs[0].shape[2];
  return { detector, expression, size: sideOf(detector), faceSize: sideOf(expression) };
}

/** The buffers that the kernels between the networks read and write. */
export interface FrameBuffers {
  /** The crop of the whole picture for the detector. */
  readonly letterbox: GPUBuffer;
  /** The crop of the whole picture as one face. */
  readonly whole: GPUBuffer;
  /** The output of the boxes kernel: a box for each anchor. */
  readonly boxes: GPUBuffer;
  /** The output of the faces kernel: the number of faces and a box for each face. */
  readonly faces: GPUBuffer;
  /** A crop for each face. */
  readonly crops: GPUBuffer;
}

/** Creates the buffers for at most `maxFaces` faces. */
export function createBuffers({ device }: Gpu, own: Own, maxFaces: number): FrameBuffers {
  const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
  const buffer = (label: string, length: number, usage = 0) =>
    own(device.createBuffer({ label, size: bytesFor(length), usage: STORAGE | usage }));
  return {
    letterbox: buffer('letterbox', CROP_SIZE, COPY_DST),
    whole: buffer('whole picture', CROP_SIZE, COPY_DST),
    boxes: buffer('boxes', ANCHORS * BOX_SIZE),
    faces: buffer('faces', FACES_HEAD + maxFaces * BOX_SIZE, COPY_SRC),
    crops: buffer('crops', maxFaces * CROP_SIZE),
  };
}

/** The pass of a kernel that has only one plan with only one pass. */
const onlyPass = ({ start }: Candidates): Pass => start.passes[0];

const bind = (gpu: Gpu, label: string, candidates: Candidates, operands: Operands): Promise<BoundPass> =>
  bindPass(gpu, label, onlyPass(candidates), operands);

/**
 * Binds the kernels that compute the crops of faces from the detector's outputs.
 * @throws Error if the outputs are not those of BlazeFace
 */
export function bindFinding(
  gpu: Gpu,
  { detector, size, faceSize }: FrameNetworks,
  { letterbox, boxes, faces, crops }: FrameBuffers,
  { maxFaces, minScore }: { readonly maxFaces: number; readonly minScore: number },
): Promise<readonly BoundPass[]> {
  const outputs = blazeFaceOutputs(detector);
  return Promise.all([
    bind(gpu, 'boxes', planBoxes({ size, minScore }), { ...outputs, crop: letterbox, y: boxes }),
    bind(gpu, 'faces', planFaces({ N: ANCHORS, same: SAME_FACE, maxFaces }), { boxes, y: faces }),
    bind(gpu, 'crops', planCrops({ maxFaces, size: faceSize, ...FER2013 }), { faces, y: crops }),
  ]);
}

/** Returns the passes that read the picture, for each kind of picture. */
export function picturePasses(
  gpu: Gpu,
  { detector, expression, size, faceSize }: FrameNetworks,
  buffers: FrameBuffers,
): {
  /** The pass that crops the faces, with the workgroups for one face. */
  readonly cutPass: Pass;
  /** Binds the passes for pictures of a kind. */
  bind(kind: PictureKind): Promise<PicturePasses>;
} {
  const sight = { ...SIGNED, H: size, W: size, grey: false, border: 'black' } as const;
  const cut = { ...SIGNED, H: faceSize, W: faceSize, grey: true, border: 'nearest' } as const;
  const [x, face] = [detector.inputs[0].buffer, expression.inputs[0].buffer];
  return {
    cutPass: onlyPass(planFrame(cut)),
    async bind(kind) {
      const [letterbox, found, one] = await Promise.all([
        bind(gpu, 'letterbox', planFrame(sight, kind), { crops: buffers.letterbox, y: x }),
        bind(gpu, 'crops', planFrame(cut, kind), { crops: buffers.crops, y: face }),
        bind(gpu, 'whole picture', planFrame(cut, kind), { crops: buffers.whole, y: face }),
      ]);
      return { letterbox, found, one };
    },
  };
}
