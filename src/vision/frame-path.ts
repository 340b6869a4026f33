/**
 * From a picture to the expressions of all faces in it, as one compute pass in one submission.
 *
 * The picture is letterboxed for the detector; its numbers become boxes, boxes become faces, faces become crops, and
 * their count becomes the workgroups of all that follows: how many faces there are is known on the GPU alone until
 * the result is read. Everything that a frame needs is made when the path is.
 */

import { BOX_SIZE, COARSE_ANCHORS, FINE_ANCHORS, planBoxes } from '../../shaders/boxes/boxes';
import { planCrops } from '../../shaders/crops/crops';
import { FACES_HEAD, planFaces } from '../../shaders/faces/faces';
import { type Affine, CROP_SIZE, cropRecord, planFrame } from '../../shaders/frame/frame';
import { gridTable, planGrids } from '../../shaders/grids/grids';
import type { Candidates, Pass, PictureKind } from '../../shaders/plan/plan';
import {
  type BoundPass,
  bindPass,
  bindToPipeline,
  bytesFor,
  dispatch,
  dispatchIndirect,
  type Gpu,
  type Operands,
} from '../gpu/gpu';
import { createReadback } from '../gpu/readback';
import { createStopwatch } from '../gpu/stopwatch';
import { type Graph, sizeOf } from '../graph/graph';
import { dropInputTransposes } from '../graph/passes/input-transposes';
import type { TuningOptions } from '../network/tuning';
import { blazeFaceOutputs, facesIn, hasMoreFaces } from './blazeface';
import { compileOnCrops } from './crop-network';
import type { Detection } from './face';
import { letterbox, wholePicture } from './geometry';
import type { BoundPicture } from './picture';

/**
 * Where the faces are: `search` the picture for them; where they were in the last picture that was searched (`keep`);
 * or the picture is one, cut like those of FER2013 (`whole`).
 */
export type Where = 'search' | 'keep' | 'whole';

/** The parts of a frame, in order; what is timed apart. */
export const STAGES = ['letterbox', 'detector', 'faces', 'crops', 'expression'] as const;
/** The name of a part of a frame. */
export type StageName = (typeof STAGES)[number];

/** What comes back of a frame. */
export interface FrameResult {
  /** The faces with the highest scores first. */
  readonly faces: readonly Detection[];
  /** Whether there are more faces than `maxFaces`. */
  readonly moreFaces: boolean;
  /** (faces, classes) */
  readonly scores: Float32Array;
  /** Milliseconds on the GPU, if they were asked for and the GPU can tell. */
  readonly stages?: Readonly<Record<StageName, number>>;
  /** What the CNN saw of each face, if it was asked for: (H,W), row-major, -1..1. */
  readonly crops?: readonly Float32Array[];
}

/** What else a frame brings back. */
export interface Extras {
  /** Each stage timed, in a pass of its own. */
  readonly stages?: boolean;
  /** What the CNN sees of each face. */
  readonly crops?: boolean;
}

export interface FramePath {
  /** Resolves when pictures of a kind can be submitted; at once for a kind that was awaited before. */
  ready(kind: PictureKind): Promise<void>;
  /**
   * Records and submits a frame in the task of the call; what it promises is the result. Frames may overlap: they
   * run in turn, and the read of one holds up no other.
   * @throws if the picture's kind was not awaited
   */
  submit(picture: BoundPicture, where: Where, extras?: Extras): Promise<FrameResult>;
  /** Resolves when both networks are tuned; never rejects. */
  readonly tuned: Promise<void>;
  /** Dispatches a frame, by stage; tuning may change it. */
  readonly dispatches: Readonly<Record<StageName, number>>;
  /** Bytes that a frame reads back. */
  readonly bytesRead: number;
  destroy(): void;
}

export interface FramePathOptions {
  readonly maxFaces: number;
  /** How sure the detector must be, 0..1. */
  readonly minScore: number;
  /** The name of the expression network's output that is read, (N, classes). */
  readonly scores: string;
  /** Of both networks; false: none. */
  readonly tuning?: TuningOptions | false;
}

/** Boxes that overlap by more, intersection over union, are one face. */
const SAME_FACE = 0.3;

/**
 * How a face lies in a picture of FER2013, on which the CNN learnt, in shares of the picture's side: medians over
 * 1,425 training faces, of BlazeFace's keypoints. Crops are cut so that faces lie likewise.
 */
const FER2013 = { eyesY: 0.4, betweenEyes: 0.365, eyesToMouth: 0.386 } as const;

/** Both networks want colours in -1..1. */
const SIGNED = { scale: 2, offset: -1 } as const;

/** Milliseconds that a first frame is waited for. */
const LONGEST_WAIT = 1000;

/** Reads that may be under way before another buffer is made for one: twice what a watch has, for one that follows another. */
const READS = 8;

/**
 * @throws if the detector is no BlazeFace (logits of 512 and 384 anchors, and 16 numbers for each), or the networks'
 *   inputs are no pictures of three channels and of one
 */
export async function createFramePath(
  gpu: Gpu,
  graphs: { readonly detector: Graph; readonly expression: Graph },
  { maxFaces, minScore, scores: scoresName, tuning }: FramePathOptions,
): Promise<FramePath> {
  const { device } = gpu;
  const owned: { destroy(): void }[] = [];
  const own = <T extends { destroy(): void }>(resource: T): T => {
    owned.push(resource);
    return resource;
  };
  // The networks look for better kernels once the first frame is there, not while it compiles; or if none comes.
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const destroy = () => {
    for (const resource of owned.splice(0).reverse()) resource.destroy();
    settle();
  };
  try {
    const pictures = dropInputTransposes(graphs.detector);
    const later = tuning !== false && { ...tuning, after: Promise.all([settled, tuning?.after]) };
    const detector = own(await compileOnCrops(gpu, 'detector', pictures, 3, 1, later));
    const scored = { ...graphs.expression, outputs: [scoresName] }; // no label: it is the likeliest
    let recount: (() => void) | undefined;
    // Most pictures show one person.
    const counting = tuning !== false && {
      ...{ batch: 1, ...later },
      onChange: () => {
        recount?.();
        tuning?.onChange?.();
      },
    };
    const expression = own(await compileOnCrops(gpu, 'expression', scored, 1, maxFaces, counting));
    const numbers = blazeFaceOutputs(detector);
    const [scores] = expression.outputs;
    const [size, faceSize] = [detector.inputs[0].shape[2], expression.inputs[0].shape[2]];
    const sight = { ...SIGNED, H: size, W: size, grey: false, border: 'black' } as const;
    const cut = { ...SIGNED, H: faceSize, W: faceSize, grey: true, border: 'nearest' } as const;

    const { STORAGE, COPY_DST, COPY_SRC, INDIRECT } = GPUBufferUsage;
    const buffer = (label: string, numbers: number, usage = 0) =>
      own(device.createBuffer({ label, size: bytesFor(numbers), usage: STORAGE | usage }));
    const letterboxes = buffer('letterbox', CROP_SIZE, COPY_DST);
    const whole = buffer('whole picture', CROP_SIZE, COPY_DST);
    const boxes = buffer('boxes', ANCHORS * BOX_SIZE);
    const faces = buffer('faces', FACES_HEAD + maxFaces * BOX_SIZE, COPY_SRC);
    const crops = buffer('crops', maxFaces * CROP_SIZE);
    const gridsPipeline = await gpu.pipeline(onlyPass(planGrids({ S: 1 })));
    /** The grids of what is dispatched for as many faces as there are, and the step that makes them. */
    const makeGrids = () => {
      const counted: readonly Pass[] = [onlyPass(planFrame(cut)), ...expression.passes];
      const S = counted.length;
      const table = buffer('grid table', 4 * S, COPY_DST);
      device.queue.writeBuffer(table, 0, gridTable(counted) as Uint32Array<ArrayBuffer>);
      const grids = buffer('grids', 3 * S, INDIRECT);
      const step = bindToPipeline(gpu, 'grids', onlyPass(planGrids({ S })), gridsPipeline, {
        table,
        faces,
        y: grids,
      });
      return { grids, step };
    };
    let counts = makeGrids();
    // New grids are empty until a picture was searched.
    let uncounted = false;
    recount = () => {
      counts = makeGrids();
      uncounted = true;
    };

    const bind = (label: string, candidates: Candidates, operands: Operands) =>
      bindPass(gpu, label, onlyPass(candidates), operands);
    const finding = await Promise.all([
      bind('boxes', planBoxes({ size, minScore }), { ...numbers, crop: letterboxes, y: boxes }),
      bind('faces', planFaces({ N: ANCHORS, same: SAME_FACE, maxFaces }), { boxes, y: faces }),
      bind('crops', planCrops({ maxFaces, size: faceSize, ...FER2013 }), { faces, y: crops }),
    ]);
    const looks = new Map<PictureKind, Promise<Looks>>();
    const bound = new Map<PictureKind, Looks>();
    const lookAt = async (kind: PictureKind): Promise<Looks> => {
      const [x, face] = [detector.inputs[0].buffer, expression.inputs[0].buffer];
      const [letterbox, found, one] = await Promise.all([
        bind('letterbox', planFrame(sight, kind), { crops: letterboxes, y: x }),
        bind('crops', planFrame(cut, kind), { crops, y: face }),
        bind('whole picture', planFrame(cut, kind), { crops: whole, y: face }),
      ]);
      bound.set(kind, { letterbox, found, one });
      return { letterbox, found, one };
    };

    const stopwatch = createStopwatch(device, STAGES);
    if (stopwatch) own(stopwatch);
    const results = [
      { buffer: faces, bytes: faces.size },
      { buffer: scores.buffer, bytes: 4 * sizeOf(scores.shape) },
    ];
    const bytesRead = results.reduce((sum, { bytes }) => sum + bytes, 0);
    const readback = own(createReadback(device, 'frame', bytesRead, READS));
    const [{ buffer: seen }] = expression.inputs;
    const fullReadback = own(
      createReadback(device, 'frame in full', bytesRead + seen.size + 16 * STAGES.length),
    );

    /** What each stage dispatches; a stage that is left out is undefined. */
    const stagesOf = (where: Where, look: Looks): Readonly<Record<StageName, Stage | undefined>> => {
      const searched = where === 'search';
      return {
        letterbox: searched ? (pass) => dispatch(pass, look.letterbox, 1) : undefined,
        detector: searched ? (pass) => detector.encode(pass, 1) : undefined,
        faces: searched
          ? (pass) => {
              for (const step of [...finding, counts.step]) dispatch(pass, step, 1);
            }
          : undefined,
        crops:
          where === 'whole'
            ? (pass) => dispatch(pass, look.one, 1)
            : (pass) => dispatchIndirect(pass, look.found, counts.grids, 0),
        expression:
          where === 'whole'
            ? (pass) => expression.encode(pass, 1)
            : (pass) => expression.encodeIndirect(pass, counts.grids, 1),
      };
    };

    let [width, height] = [0, 0];
    /** Writes the crops that follow from the picture's size alone; false: it has the last one's. */
    const place = (picture: BoundPicture): boolean => {
      if (picture.width === width && picture.height === height) return false;
      [width, height] = [picture.width, picture.height];
      const write = (to: GPUBuffer, crop: Affine) =>
        device.queue.writeBuffer(to, 0, cropRecord(crop) as Float32Array<ArrayBuffer>);
      write(letterboxes, letterbox(width, height, size));
      write(whole, wholePicture(width, height, faceSize));
      return true;
    };

    return {
      async ready(kind) {
        let look = looks.get(kind);
        if (!look) {
          look = lookAt(kind);
          looks.set(kind, look);
        }
        await look;
        setTimeout(settle, LONGEST_WAIT);
      },
      async submit(picture, where, extras = {}) {
        const look = bound.get(picture.kind);
        if (!look) throw new Error(`pictures of the kind ${picture.kind} are not ready`);
        // In a picture of another size no face is where it was.
        const resized = place(picture);
        const stages = stagesOf(where === 'keep' && (resized || uncounted) ? 'search' : where, look);
        if (stages.faces) uncounted = false;
        const encoder = device.createCommandEncoder({ label: 'frame' });
        const watch = extras.stages ? stopwatch : undefined;
        let pass: GPUComputePassEncoder | undefined;
        for (const name of STAGES) {
          if (!pass || watch) {
            pass?.end();
            pass = encoder.beginComputePass({ label: 'frame', timestampWrites: watch?.writes(name) });
            pass.setBindGroup(1, picture.group);
          }
          stages[name]?.(pass);
        }
        pass?.end();
        const more = [
          ...(extras.crops ? [{ buffer: seen, bytes: seen.size }] : []),
          ...(watch ? [watch.record(encoder)] : []),
        ];
        const pending = (more.length ? fullReadback : readback).record(encoder, [...results, ...more]);
        device.queue.submit([encoder.finish()]);
        const bytes = await pending.read().finally(settle);
        const found = where === 'whole' ? [wholeFace(picture)] : facesIn(new Float32Array(bytes));
        const classes = scores.shape[1];
        const timesAt = bytesRead + (extras.crops ? seen.size : 0);
        return {
          faces: found,
          moreFaces: where !== 'whole' && hasMoreFaces(new Float32Array(bytes)),
          scores: new Float32Array(bytes, faces.size, found.length * classes),
          stages: watch?.read(bytes.slice(timesAt)),
          crops: extras.crops
            ? cropsIn(new Float32Array(bytes, bytesRead), found.length, faceSize)
            : undefined,
        };
      },
      tuned: Promise.all([detector.tuned, expression.tuned]).then(() => undefined),
      get dispatches() {
        return {
          letterbox: 1,
          detector: detector.passes.length,
          faces: finding.length + 1,
          crops: 1,
          expression: expression.passes.length,
        };
      },
      bytesRead,
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  }
}

type Stage = (pass: GPUComputePassEncoder) => void;

/** The steps that look at the picture: at all of it, at the faces found, at a picture that is one. */
interface Looks {
  readonly letterbox: BoundPass;
  readonly found: BoundPass;
  readonly one: BoundPass;
}

const ANCHORS = FINE_ANCHORS + COARSE_ANCHORS;

/** The pass of a kernel that has only one plan, of one pass. */
const onlyPass = ({ start }: Candidates): Pass => start.passes[0];

/** The first lanes of `count` pictures (H,W,4): the others are empty. */
const cropsIn = (pixels: Float32Array, count: number, size: number): Float32Array[] =>
  Array.from({ length: count }, (_, i) =>
    Float32Array.from({ length: size * size }, (_, at) => pixels[(i * size * size + at) * 4]),
  );

/** A picture that is a face: no keypoints were looked for. */
const wholeFace = ({ width, height }: BoundPicture): Detection => ({
  box: { x: 0, y: 0, width, height },
  keypoints: [],
  score: 1,
});
