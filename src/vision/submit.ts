/** Submits one picture to the GPU and returns the recognised faces. */

import type { Gpu } from '../gpu/gpu';
import type { Face } from './face';
import type { FramePath } from './frame-path';
import type { Extras, FrameResult } from './frame-reader';
import type { Pictures } from './picture';
import type { PictureSource } from './picture-source';
import type { StageName, Where } from './stages';

/** The result for one picture. */
export interface Recognition {
  /** The faces, in descending order of the detector's score; at most `maxFaces`. */
  readonly faces: readonly Face[];
  /** Whether the picture contains more than `maxFaces` faces. The others are left out. */
  readonly moreFaces: boolean;
  /** Width of the picture in pixels. */
  readonly width: number;
  /** Height of the picture in pixels. */
  readonly height: number;
  /** The time that each part took. */
  readonly timings: Timings;
}

/** The time that each part of a frame took, in milliseconds. */
export interface Timings {
  /** Time to prepare the picture, including its decoding if that was necessary. */
  readonly decode: number;
  /** CPU time to bind or copy the picture, to record the whole frame, and to submit it. */
  readonly record: number;
  /** Time from the call to the result. */
  readonly total: number;
  /**
   * GPU time of each stage. Undefined unless the caller sets `stages: true` and the GPU supports timestamp queries.
   * Browsers may round the times to 0.1 ms.
   */
  readonly stages?: Readonly<Record<StageName, number>>;
}

/**
 * Returns a function that submits a picture. Its promise resolves when the picture is submitted; `result` resolves when
 * the faces are read back. Both promises reject with an Error if the picture can't be used or the GPU is lost.
 */
export function createSubmit(o: {
  readonly gpu: Gpu;
  readonly path: FramePath;
  readonly pictures: Pictures;
  readonly labels: readonly string[];
  /** Aborted when the recognizer is destroyed or the GPU is lost. */
  readonly gone: AbortSignal;
}): (source: PictureSource, where: Where, extras: Extras) => Promise<{ result: Promise<Recognition> }> {
  const { gpu, path, pictures, labels, gone } = o;
  return async (source, where, extras) => {
    gone.throwIfAborted();
    const started = performance.now();
    const { picture, kind, done } = await pictures.prepare(source);
    try {
      await path.ready(kind);
      const decoded = performance.now();
      gone.throwIfAborted(); // it may have been aborted while the picture was decoded
      // WebGPU reports validation errors later. Without this check, the old content of the buffers would be returned.
      const { given, refusal } = refusalOf(gpu.device, () => {
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
}

/** Runs `work` in error scopes. Returns its result, and a promise of the device's error, if there is one. */
function refusalOf<T>(
  device: GPUDevice,
  work: () => T,
): { given: T; refusal: Promise<GPUError | undefined> } {
  const filters = ['validation', 'out-of-memory'] as const;
  for (const filter of filters) device.pushErrorScope(filter);
  const pop = async () => {
    const errors = filters.map(() => device.popErrorScope().catch(() => null)); // a lost GPU is reported by gpu.lost
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
