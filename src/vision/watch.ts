/** Frames of a video, a stream or anything that brings pictures -> their faces, followed over time. */

import { close, framesOf, type WatchSource } from './frames';
import type { PictureSource } from './picture';
import type { Recognition } from './recognizer';
import { createTracks, type FaceEvent, type TrackedFace } from './tracks';

export interface WatchOptions {
  /** The most faces that are told, the surest; default all that the recognizer was made for. */
  readonly maxFaces?: number;
  /** Half-life of the scores in milliseconds, 0: none; default 150. */
  readonly smoothing?: number;
  /**
   * Faces are looked for in every n-th frame, and in between read where they were; default 1. If it is more, give the
   * recognizer no other pictures meanwhile: it remembers where the faces of its last one were.
   */
  readonly detectEvery?: number;
  /** As in `recognize`. */
  readonly stages?: boolean;
  readonly crops?: boolean;
  /** Ends the watching, as `break` does. */
  readonly signal?: AbortSignal;
}

/** One frame's faces, in the order of the frames. */
export interface WatchedFrame extends Omit<Recognition, 'faces'> {
  readonly faces: readonly TrackedFace[];
  readonly events: readonly FaceEvent[];
  /** Milliseconds of the source's own clock. */
  readonly time: number;
}

/** Submits one picture; what it resolves to is there once the GPU has the picture, its result later. */
export type Submit = (
  picture: PictureSource,
  options: { readonly search: boolean; readonly stages?: boolean; readonly crops?: boolean },
) => Promise<{ readonly result: Promise<Recognition> }>;

/**
 * Frames under way, read back or waiting to be taken, before the next one is looked at: enough to hide that a read
 * takes a while, and only one where a frame takes so long (ms) that nothing is won but faces that lag behind.
 */
const UNDER_WAY = 3;
const SLOW = 100;

/**
 * Yields every frame that was submitted, in order. Frames that come while enough others are under way are left out
 * where the source drops them itself (a video, a camera's stream); an iterable is asked for no more meanwhile.
 * Ends with its source, when `signal` says so, or by `break`.
 * @param gone aborted when there is no recognizer any more; its reason is thrown
 * @throws what a frame's recognition throws, and RangeError for options that are no counts
 */
export async function* watch(
  submit: Submit,
  gone: AbortSignal,
  source: WatchSource,
  options: WatchOptions = {},
): AsyncGenerator<WatchedFrame, void, undefined> {
  const { maxFaces = Number.POSITIVE_INFINITY, smoothing = 150, detectEvery = 1, signal } = options;
  const { stages, crops } = options;
  for (const [name, value] of Object.entries({ maxFaces, detectEvery }))
    if (!(value >= 1)) throw new RangeError(`${name} is ${value}: 1 or more is needed`);
  const tracks = createTracks({ smoothing });
  const stop = new AbortController();
  const ended = AbortSignal.any([stop.signal, gone, ...(signal ? [signal] : [])]);
  /** Submitted, and not yet taken by who iterates. */
  const under: { time: number; result: Promise<Recognition> }[] = [];
  let tell = () => {};
  let news = Promise.resolve();
  const renew = () => {
    tell();
    news = new Promise((resolve) => {
      tell = resolve;
    });
  };
  renew();
  ended.addEventListener('abort', renew);

  let over: { error?: unknown } | undefined;
  const feed = async () => {
    const frames = framesOf(source, ended);
    let most = UNDER_WAY;
    try {
      for (let count = 0; ; count++) {
        // A place first, and then a frame: it should be new when it is submitted.
        while (under.length >= most && !ended.aborted) await news;
        const { done, value } = ended.aborted ? { done: true } : await frames.next();
        if (done || !value) return;
        const { picture, time } = value;
        if (ended.aborted) {
          close(picture);
          return;
        }
        const search = count % detectEvery === 0;
        const { result } = await submit(picture, { search, stages, crops }).finally(() => close(picture));
        const [submitted, ahead] = [performance.now(), under.length];
        result.then(
          () => {
            most = performance.now() - submitted > SLOW * (ahead + 1) ? 1 : UNDER_WAY;
          },
          () => undefined, // is told when its turn comes
        );
        under.push({ time, result });
        renew();
      }
    } finally {
      await frames.return(undefined);
    }
  };
  const fed = feed().then(
    () => {
      over = {};
      renew();
    },
    (error: unknown) => {
      over = { error };
      renew();
    },
  );
  try {
    while (!ended.aborted) {
      if (!under.length) {
        if (over) break;
        await news;
        continue;
      }
      const [{ time, result }] = under;
      const recognition = await result;
      under.shift();
      renew();
      if (ended.aborted) break;
      const { faces, events } = tracks.update(recognition.faces.slice(0, maxFaces), time);
      yield { ...recognition, faces, events, time };
    }
    if (gone.aborted) throw gone.reason;
    if (over && 'error' in over && !ended.aborted) throw over.error;
  } finally {
    stop.abort();
    await fed;
  }
}
