/** One picture from its source to its faces. */

import type { Gpu } from '../gpu/gpu';
import type { Face } from './face';
import type { FramePath } from './frame-path';
import type { Extras, FrameResult } from './frame-reader';
import type { Pictures } from './picture';
import type { PictureSource } from './picture-source';
import type { StageName, Where } from './stages';

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

/** Submits pictures: what it returns resolves when a picture is submitted, to a promise of its faces. */
export function createSubmit(o: {
  readonly gpu: Gpu;
  readonly path: FramePath;
  readonly pictures: Pictures;
  readonly labels: readonly string[];
  /** Aborted when the recognizer is destroyed or the GPU lost. */
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
      gone.throwIfAborted(); // while the picture was decoded
      // What the GPU refuses it says later, and would read back what was there before.
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

/** What `work` returns, and a promise of what the device has to say against it. */
function refusalOf<T>(
  device: GPUDevice,
  work: () => T,
): { given: T; refusal: Promise<GPUError | undefined> } {
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
