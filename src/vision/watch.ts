/** Frames of a video, a stream or anything that brings pictures -> their faces, followed over time. */

import type { Platform } from './dom';
import { framesOf, type HeldFrame, hold, release, type WatchSource } from './frames';
import type { PictureSource } from './picture-source';
import type { Recognition } from './submit';
import { createTracks, type FaceEvent, type TrackedFace } from './tracks';

/** How a video is watched. */
export interface WatchOptions {
  /** Maximum number of faces returned per frame, those with the highest scores; default: the recognizer's. */
  readonly maxFaces?: number;
  /** Half-life of the scores in milliseconds; 0 switches smoothing off. Default 150. */
  readonly smoothing?: number;
  /**
   * The detector runs in every n-th frame; in the frames between, expressions are read where the faces were. Default 1.
   * If it is more, give the recognizer no other pictures meanwhile: it remembers where the faces of its last one were.
   */
  readonly detectEvery?: number;
  /** Whether each result carries the picture that its faces were found in, to draw both together; default false. */
  readonly picture?: boolean;
  /** As in `recognize`. */
  readonly stages?: boolean;
  /** As in `recognize`. */
  readonly crops?: boolean;
  /** Ends the watching at once and without an error, as `break` does. */
  readonly signal?: AbortSignal;
}

/** The faces of one frame. Frames come in their order. */
export interface WatchedFrame extends Omit<Recognition, 'faces'> {
  /** The faces with the highest scores first. */
  readonly faces: readonly TrackedFace[];
  /** What happened to faces in this frame. */
  readonly events: readonly FaceEvent[];
  /** Milliseconds of the source's own clock: a video's `currentTime`, a VideoFrame's `timestamp`. */
  readonly time: number;
  /**
   * With `picture: true`, what the faces were found in: `drawImage` takes it. It is closed when the next frame is asked
   * for; `clone()` a VideoFrame to keep it. Videos, canvases, VideoFrames and ImageBitmaps have one, other kinds of
   * pictures don't.
   */
  readonly picture?: Platform<'VideoFrame'> | Platform<'ImageBitmap'>;
}

/** Submits one picture; resolves when the GPU has the picture, to a promise of its result. */
export type Submit = (
  picture: PictureSource,
  options: { readonly search: boolean; readonly stages?: boolean; readonly crops?: boolean },
) => Promise<{ readonly result: Promise<Recognition> }>;

/**
 * Frames that are computed or wait to be taken before the next one is submitted: enough to hide the latency of a read,
 * and only one where a frame takes more than SLOW milliseconds, since more would only make the results older.
 */
const UNDER_WAY = 3;
const SLOW = 100;

/** A frame that was submitted and is not yet taken. */
interface Submitted {
  readonly time: number;
  readonly held: HeldFrame;
  readonly result: Promise<Recognition>;
}

/**
 * Yields every frame that was submitted, in order. Frames that come while enough others are under way are left out
 * where the source drops them itself (a video, a camera's stream); an iterable is asked for no more meanwhile.
 * Ends with its source, when `signal` is aborted, or by `break` or `return()`, at once, whatever is under way.
 * @param gone aborted when the recognizer is destroyed or its GPU lost; its reason is thrown unless `signal` is aborted
 * @throws while it is iterated: what a frame's recognition throws, and RangeError for options out of range
 */
export function watch(
  submit: Submit,
  gone: AbortSignal,
  source: WatchSource,
  options: WatchOptions = {},
): AsyncGenerator<WatchedFrame, void, undefined> {
  const stop = new AbortController();
  const frames = results(submit, gone, stop, source, options);
  // A generator's own return() waits for the next() that is under way.
  const stopped = {
    next: () => frames.next(),
    return(value: undefined) {
      stop.abort();
      return frames.return(value);
    },
    throw(error: unknown) {
      stop.abort();
      return frames.throw(error);
    },
    [Symbol.asyncIterator]: () => stopped,
  };
  return stopped as AsyncGenerator<WatchedFrame, void, undefined>;
}

async function* results(
  submit: Submit,
  gone: AbortSignal,
  stop: AbortController,
  source: WatchSource,
  options: WatchOptions,
): AsyncGenerator<WatchedFrame, void, undefined> {
  const { maxFaces = Number.POSITIVE_INFINITY, smoothing = 150, detectEvery = 1, signal } = options;
  for (const [name, value] of Object.entries({ maxFaces, detectEvery }))
    if (!(value >= 1)) throw new RangeError(`${name} is ${value}: 1 or more is needed`);
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
    // The source is let go before this returns, unless it takes its time.
    await Promise.race([fed, new Promise((resolve) => setTimeout(resolve))]);
  }
}

/** What is submitted and not yet taken, and how the source ended. */
interface Queue {
  readonly length: number;
  readonly failure: { readonly error: unknown } | undefined;
  push(frame: Submitted): void;
  /** The oldest frame, which stays in the queue, as soon as there is one; undefined when the source has ended. */
  first(): Promise<Submitted | undefined>;
  /** Takes the oldest frame away. */
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

/** Submits the source's frames until it or the watching ends. */
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
      // First room, then a frame: it should be new when it is submitted.
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
        () => undefined, // thrown when its turn comes
      );
      if (!held.shown) held.free();
      if (ended.aborted) return held.free();
      queue.push({ time: value.time, held, result });
    }
  } finally {
    await frames.return(undefined);
  }
}
