/**
 * From a picture to the expressions of all faces in it, as one compute pass in one submission.
 *
 * The picture is letterboxed for the detector; the detector's outputs become boxes, boxes become faces, faces become
 * crops, and their number becomes the workgroups of all that follows: only the GPU knows how many faces there are until
 * the result is read. Everything that a frame needs is created when the path is.
 */

import { type Affine, cropRecord } from '../../shaders/frame/frame';
import type { PictureKind } from '../../shaders/plan/plan';
import type { Gpu } from '../gpu/gpu';
import { createStopwatch } from '../gpu/stopwatch';
import type { Graph } from '../graph/graph';
import type { TuningOptions } from '../network/tuning';
import { createGridCounter } from './counted-grids';
import { bindFinding, compileNetworks, createBuffers, type FrameBuffers, picturePasses } from './frame-parts';
import { createFrameReader, type Extras, type FrameResult } from './frame-reader';
import { letterbox, wholePicture } from './geometry';
import { createOwner } from './owned';
import type { BoundPicture } from './picture';
import { type PicturePasses, recordStages, STAGES, type StageName, stagesOf, type Where } from './stages';

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

/** Milliseconds that tuning waits for a first frame. */
const FIRST_FRAME_WAIT = 1000;

/**
 * @throws if the detector is no BlazeFace (logits of 512 and 384 anchors, and 16 numbers for each), or the networks'
 *   inputs are no pictures of three channels and of one
 */
export async function createFramePath(
  gpu: Gpu,
  graphs: { readonly detector: Graph; readonly expression: Graph },
  options: FramePathOptions,
): Promise<FramePath> {
  const { own, destroyAll } = createOwner();
  const { settled, settle } = createFirstFrame();
  const destroy = () => {
    destroyAll();
    settle();
  };
  try {
    let recount: () => void = () => undefined;
    const networks = await compileNetworks(gpu, own, graphs, options, settled, () => recount());
    const { detector, expression } = networks;
    const buffers = createBuffers(gpu, own, options.maxFaces);
    const finding = await bindFinding(gpu, networks, buffers, options);
    const pictures = picturePasses(gpu, networks, buffers);
    const countedPasses = () => [pictures.cutPass, ...expression.passes];
    const counter = await createGridCounter(gpu, own, buffers.faces, countedPasses);
    recount = counter.recount;
    const stopwatch = createStopwatch(gpu.device, STAGES);
    if (stopwatch) own(stopwatch);
    const reader = createFrameReader(gpu, own, networks, buffers.faces);
    const place = createPlacement(gpu, buffers, networks.size, networks.faceSize);
    const passes = cachedPasses(pictures.bind);

    return {
      async ready(kind) {
        await passes.load(kind);
        setTimeout(settle, FIRST_FRAME_WAIT);
      },
      async submit(picture, where, extras = {}) {
        const own = passes.get(picture.kind);
        if (!own) throw new Error(`pictures of the kind ${picture.kind} are not ready`);
        // In a picture of another size no face is where it was.
        const mustSearch = place(picture) || !counter.isCounted;
        const parts = { detector, expression, finding, counted: counter.current };
        const stages = stagesOf(parts, where === 'keep' && mustSearch ? 'search' : where, own);
        if (stages.faces) counter.counted();
        const encoder = gpu.device.createCommandEncoder({ label: 'frame' });
        const timing = extras.stages ? stopwatch : undefined;
        recordStages(encoder, stages, picture.group, timing);
        const result = reader.record(encoder, picture, where, extras, timing);
        gpu.device.queue.submit([encoder.finish()]);
        return result().finally(settle);
      },
      tuned: Promise.all([detector.tuned, expression.tuned]).then(() => undefined),
      get dispatches() {
        const [before, after] = [detector.passes.length, expression.passes.length];
        return { letterbox: 1, detector: before, faces: finding.length + 1, crops: 1, expression: after };
      },
      bytesRead: reader.bytes,
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  }
}

/**
 * When the networks may look for better kernels: once the first frame is there, not while it compiles; or if none comes.
 */
function createFirstFrame(): { readonly settled: Promise<void>; settle(): void } {
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { settled, settle };
}

/** The passes for each kind of picture, bound when a picture of that kind first comes. */
function cachedPasses(bind: (kind: PictureKind) => Promise<PicturePasses>) {
  const loading = new Map<PictureKind, Promise<void>>();
  const bound = new Map<PictureKind, PicturePasses>();
  return {
    load(kind: PictureKind): Promise<void> {
      const before = loading.get(kind);
      if (before) return before;
      const load = bind(kind).then((passes) => {
        bound.set(kind, passes);
      });
      loading.set(kind, load);
      return load;
    },
    get: (kind: PictureKind) => bound.get(kind),
  };
}

/** Writes the crops that follow from the picture's size alone, and returns whether the size is another one. */
function createPlacement({ device }: Gpu, buffers: FrameBuffers, size: number, faceSize: number) {
  let [width, height] = [0, 0];
  const write = (to: GPUBuffer, crop: Affine) =>
    device.queue.writeBuffer(to, 0, cropRecord(crop) as Float32Array<ArrayBuffer>);
  return (picture: BoundPicture): boolean => {
    if (picture.width === width && picture.height === height) return false;
    [width, height] = [picture.width, picture.height];
    write(buffers.letterbox, letterbox(width, height, size));
    write(buffers.whole, wholePicture(width, height, faceSize));
    return true;
  };
}
