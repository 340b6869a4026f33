/**
 * Computes the expressions of all faces in a picture, in one compute pass and one submission.
 *
 * 1. The picture is letterboxed for the detector.
 * 2. The detector's outputs are converted to boxes, the boxes to faces, and the faces to crops.
 * 3. The number of faces determines the workgroups of the remaining passes. Those are dispatched indirectly, because
 *    only the GPU knows the number of faces until the result is read.
 *
 * Everything that a frame needs is created together with the path.
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

/** The GPU work from a picture to its faces and their expressions. */
export interface FramePath {
  /** Resolves when pictures of a kind can be submitted; at once for a kind that is already prepared. */
  ready(kind: PictureKind): Promise<void>;
  /**
   * Records and submits a frame before it returns; the promise resolves to the result. Frames may overlap: the GPU runs
   * them in turn, and reading one frame back does not delay another.
   * @throws Error if `ready` was not awaited for the picture's kind
   */
  submit(picture: BoundPicture, where: Where, extras?: Extras): Promise<FrameResult>;
  /** Resolves when both networks are tuned; never rejects. */
  readonly tuned: Promise<void>;
  /** Number of dispatches of a frame in each stage. Tuning may change it. */
  readonly dispatches: Readonly<Record<StageName, number>>;
  /** Number of bytes that a frame reads back from the GPU. */
  readonly bytesRead: number;
  /** Frees the networks and the buffers. */
  destroy(): void;
}

/** Options of `createFramePath`. */
export interface FramePathOptions {
  /** Maximum number of faces. */
  readonly maxFaces: number;
  /** Minimum detector score of a face, 0..1. */
  readonly minScore: number;
  /** Name of the expression network's output (N, classes) that is read back. */
  readonly scores: string;
  /** Tuning of both networks; `false` switches it off. */
  readonly tuning?: TuningOptions | false;
}

/** Maximum time in milliseconds that tuning waits for the first frame. */
const FIRST_FRAME_WAIT = 1000;

/**
 * Compiles the networks and creates all buffers of a frame path.
 * @throws Error if the detector's outputs are not those of BlazeFace (a logit and 16 numbers for each of 512 and 384
 *   anchors), if the detector's input does not have three channels, or if the expression network's does not have one
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
        // After a change of the picture's size, the previous positions of the faces are wrong.
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
 * `settled` is resolved when tuning may start: after the first frame, so that tuning does not delay it.
 */
function createFirstFrame(): { readonly settled: Promise<void>; settle(): void } {
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { settled, settle };
}

/** The passes for each kind of picture. They are bound when a kind is first used. */
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

/** Returns a function that writes the crops of a picture's size, and returns whether the size has changed. */
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
