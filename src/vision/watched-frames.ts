/** Submits the frames of a source, and tracks the faces over time. */

import type { Platform } from './dom';
import { framesOf, type HeldFrame, hold, release, type WatchSource } from './frames';
import type { PictureSource } from './picture-source';
import type { Recognition } from './submit';
import { createTracks, type FaceEvent, type TrackedFace } from './tracks';

/** Options of `watch`. */
export interface WatchOptions {
  /** Maximum number of faces returned per frame: those with the highest scores. Default: the recognizer's. */
  readonly maxFaces?: number;
  /** Half-life of the smoothed scores in milliseconds. 0 switches smoothing off. Default: 150. */
  readonly smoothing?: number;
  /**
   * The detector runs in every n-th frame. In the frames between, the positions of the faces are those of the last
   * frame in which the detector ran. Default: 1. If it is more than 1, pass no other pictures to the recognizer
   * at the same time, because it remembers only the faces of its latest picture.
   */
  readonly detectEvery?: number;
  /** Whether each result contains the picture in which the faces were found, for drawing. Default: false. */
  readonly picture?: boolean;
  /** Whether to time each stage on the GPU, as in `recognize`. Default: false. */
  readonly stages?: boolean;
  /** Whether to return `Face.crop`, as in `recognize`. Default: false. */
  readonly crops?: boolean;
  /** If it is aborted, the iteration ends at once and without an error, as with `break`. */
  readonly signal?: AbortSignal;
}

/** The result for one frame. The frames keep the order of the source. */
export interface WatchedFrame extends Omit<Recognition, 'faces'> {
  /** The faces, in descending order of the detector's score. */
  readonly faces: readonly TrackedFace[];
  /** The events of this frame. */
  readonly events: readonly FaceEvent[];
  /**
   * Time of the frame in milliseconds, on the source's clock: the `currentTime` of a video, the `timestamp` of a
   * VideoFrame, otherwise `performance.now()`.
   */
  readonly time: number;
  /**
   * With `picture: true`, the picture in which the faces were found. `drawImage` accepts it. It is closed when the next
   * frame is requested; call `clone()` on a VideoFrame to keep it. It is undefined if the source's pictures are not
   * videos, canvases, VideoFrames or ImageBitmaps.
   */
  readonly picture?: Platform<'VideoFrame'> | Platform<'ImageBitmap'>;
}

/** Submits one picture. The promise resolves when the picture is submitted; `result` is a promise of its result. */
export type Submit = (
  picture: PictureSource,
  options: { readonly search: boolean; readonly stages?: boolean; readonly crops?: boolean },
) => Promise<{ readonly result: Promise<Recognition> }>;

/**
 * Maximum number of frames that are submitted and not yet consumed. This is enough to hide the latency of reading back.
 * If a frame takes more than SLOW milliseconds, the maximum is 1, because more frames would only delay the results.
 */
const UNDER_WAY = 3;
const SLOW = 100;

/** A frame that was submitted and not yet consumed. */
interface Submitted {
  readonly time: number;
  readonly held: HeldFrame;
  readonly result: Promise<Recognition>;
}

/** The generator of `watch`, with the same errors. It also ends when `stop` is aborted, and aborts `stop` when it ends. */
export async function* watchedFrames(
  submit: Submit,
  gone: AbortSignal,
  stop: AbortController,
  source: WatchSource,
  options: WatchOptions,
): AsyncGenerator<WatchedFrame, void, undefined> {
  const { maxFaces = Number.POSITIVE_INFINITY, smoothing = 150, detectEvery = 1, signal } = options;
  for (const [name, value] of Object.entries({ maxFaces, detectEvery }))
    if (!(value >= 1)) throw new RangeError(`${name} is ${value}; it must be at least 1`);
  const tracks = createTracks({ smoothing });
  const ended = AbortSignal.any([stop.signal, gone, ...(signal ? [signal] : [])]);
  const end = new Promise<undefined>((resolve) => {
    ended.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const queue = createQueue();
  const fed = feed(submit, source, { ...options, detectEvery }, queue, ended).then(
    () => queue.finish(),
    (error: unknown) => queue.finish({ error }),
  );
  try {
    while (!ended.aborted) {
      const next = await Promise.race([queue.first(), end]);
      if (!next) break;
      const { time, held, result } = next;
      const recognition = await Promise.race([result, end]);
      if (!recognition) break;
      const { faces, events } = tracks.update(recognition.faces.slice(0, maxFaces), time);
      const moreFaces = recognition.moreFaces || recognition.faces.length > faces.length;
      yield { ...recognition, faces, moreFaces, events, time, ...(held.shown && { picture: held.shown }) };
      queue.drop();
    }
    if (signal?.aborted || stop.signal.aborted) return;
    if (gone.aborted) throw gone.reason;
    if (queue.failure) throw queue.failure.error;
  } finally {
    stop.abort();
    queue.clear();
    // Waits until the source is released, but not longer than one task.
    await Promise.race([fed, new Promise((resolve) => setTimeout(resolve))]);
  }
}

/** The frames that are submitted and not yet consumed, and the error with which the source ended, if any. */
interface Queue {
  readonly length: number;
  readonly failure: { readonly error: unknown } | undefined;
  push(frame: Submitted): void;
  /**
   * Resolves to the oldest frame as soon as there is one, and leaves it in the queue. Resolves to undefined if the
   * queue is empty and the source has ended.
   */
  first(): Promise<Submitted | undefined>;
  /** Removes the oldest frame and frees it. */
  drop(): void;
  finish(failure?: { readonly error: unknown }): void;
  /** Resolves when the queue changes. */
  changed(): Promise<void>;
  clear(): void;
}

function createQueue(): Queue {
  const frames: Submitted[] = [];
  let over: { failure?: { error: unknown } } | undefined;
  let wake = () => {};
  let change = Promise.resolve();
  const renew = () => {
    wake();
    change = new Promise((resolve) => {
      wake = resolve;
    });
  };
  renew();
  const drop = () => {
    frames.shift()?.held.free();
    renew();
  };
  return {
    get length() {
      return frames.length;
    },
    get failure() {
      return over?.failure;
    },
    push(frame) {
      frames.push(frame);
      renew();
    },
    async first() {
      while (!frames.length && !over) await change;
      return frames[0];
    },
    drop,
    finish(failure) {
      over = { failure };
      renew();
    },
    changed: () => change,
    clear() {
      while (frames.length) drop();
    },
  };
}

/** Submits the source's frames until the source ends or `ended` is aborted. */
async function feed(
  submit: Submit,
  source: WatchSource,
  { detectEvery, picture: keep, stages, crops }: WatchOptions & { readonly detectEvery: number },
  queue: Queue,
  ended: AbortSignal,
): Promise<void> {
  const frames = framesOf(source, ended);
  const end = new Promise<void>((resolve) => {
    ended.addEventListener('abort', () => resolve(), { once: true });
  });
  let most = UNDER_WAY;
  try {
    for (let count = 0; ; count++) {
      // Waits for room before it requests a frame, so that the frame is new when it is submitted.
      while (queue.length >= most && !ended.aborted) await Promise.race([queue.changed(), end]);
      const { done, value } = ended.aborted ? { done: true } : await frames.next();
      if (done || !value) return;
      if (ended.aborted) return release(value.picture);
      const held = await hold(value, keep);
      const search = count % detectEvery === 0;
      const { result } = await submit(held.picture, { search, stages, crops }).catch((error) => {
        held.free();
        throw error;
      });
      const [submitted, ahead] = [performance.now(), queue.length];
      result.then(
        () => {
          most = performance.now() - submitted > SLOW * (ahead + 1) ? 1 : UNDER_WAY;
        },
        () => undefined, // results() throws it when it reaches this frame
      );
      if (!held.shown) held.free();
      if (ended.aborted) return held.free();
      queue.push({ time: value.time, held, result });
    }
  } finally {
    await frames.return(undefined);
  }
}
