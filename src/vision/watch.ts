/** Recognises the frames of a video, a stream or an iterable. What does it is downloaded when the first frame is needed. */

import type { WatchSource } from './frames';
import type { Submit, WatchedFrame, WatchOptions } from './watched-frames';

/**
 * Yields every submitted frame, in order. While the maximum number of frames is in progress, no further frame is
 * requested: a video or a camera stream drops frames in this time, and an iterable waits.
 * The generator ends when the source ends. It ends at once, without waiting for frames in progress, when `signal` is
 * aborted, on `break`, or on `return()`.
 * @param gone aborted when the recognizer is destroyed or its GPU is lost; its reason is thrown, unless `signal` is
 *   aborted
 * @throws during the iteration: the errors of a frame's recognition, TypeError if `source` can't be watched, RangeError
 *   if `maxFaces` or `detectEvery` is less than 1, and Error if `smoothing` is negative
 */
export function watch(
  submit: Submit,
  gone: AbortSignal,
  source: WatchSource,
  options: WatchOptions = {},
): AsyncGenerator<WatchedFrame, void, undefined> {
  const stop = new AbortController();
  const frames = watchedFrames(submit, gone, stop, source, options);
  // The return() of a generator would wait until the pending next() is settled.
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

async function* watchedFrames(
  ...args: Parameters<typeof import('./watched-frames').watchedFrames>
): AsyncGenerator<WatchedFrame, void, undefined> {
  yield* (await import('./watched-frames')).watchedFrames(...args);
}
