/** What brings pictures one after the other: videos, streams, iterables. */

import type { Platform } from './dom';
import { describe, type PictureSource } from './picture';

/** What can be watched. VideoFrames that a stream or an iterable brings are closed as soon as the GPU has them. */
export type WatchSource =
  | Platform<'HTMLVideoElement'>
  | ReadableStream<Platform<'VideoFrame'>>
  | AsyncIterable<PictureSource>;

/** Closes a VideoFrame; other pictures are their owner's. */
export const close = (picture: PictureSource): void => {
  if (typeof VideoFrame !== 'undefined' && picture instanceof VideoFrame) picture.close();
};

/** A picture, and milliseconds of its source's clock. */
export interface TimedPicture {
  readonly picture: PictureSource;
  readonly time: number;
}

/** The frames of a source, until it ends or `ended` says so; who takes one owns it. */
export function framesOf(source: WatchSource, ended: AbortSignal): AsyncGenerator<TimedPicture> {
  if (typeof source !== 'object' || source === null)
    throw new TypeError(`${describe(source)} can't be watched`);
  if ('getReader' in source) return framesOfIterable(framesOfStream(source, ended), ended);
  if (Symbol.asyncIterator in source) return framesOfIterable(source, ended);
  if ('videoWidth' in source) return framesOfVideo(source, ended);
  throw new TypeError(
    `${describe(source)} can't be watched: a video, a stream of VideoFrames or an async iterable of pictures is needed`,
  );
}

/** A video's frames as they are shown. */
async function* framesOfVideo(video: HTMLVideoElement, ended: AbortSignal): AsyncGenerator<TimedPicture> {
  let time = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? video.currentTime : undefined;
  while (!ended.aborted) {
    time ??= await nextFrame(video, ended);
    if (time === undefined) return;
    yield { picture: video, time: 1000 * time };
    time = undefined;
  }
}

/** Seconds of the video when it shows another frame; undefined if it has ended, or its source was taken away. */
const nextFrame = (video: HTMLVideoElement, ended: AbortSignal): Promise<number | undefined> =>
  new Promise((resolve) => {
    const done = new AbortController();
    const finish = (time?: number) => {
      done.abort();
      resolve(time);
    };
    const { signal } = done;
    for (const event of ['ended', 'emptied', 'error'])
      video.addEventListener(event, () => finish(), { signal });
    ended.addEventListener('abort', () => finish(), { signal });
    if (video.ended || video.error || ended.aborted) finish();
    else if ('requestVideoFrameCallback' in video)
      video.requestVideoFrameCallback((_, { mediaTime }) => finish(mediaTime));
    else requestAnimationFrame(() => finish((video as HTMLVideoElement).currentTime));
  });

/** Not every browser lets `for await` over a stream. */
async function* framesOfStream(
  stream: ReadableStream<VideoFrame>,
  ended: AbortSignal,
): AsyncGenerator<VideoFrame> {
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  ended.addEventListener('abort', cancel);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    ended.removeEventListener('abort', cancel);
    cancel();
  }
}

async function* framesOfIterable(
  source: AsyncIterable<PictureSource>,
  ended: AbortSignal,
): AsyncGenerator<TimedPicture> {
  const iterator = source[Symbol.asyncIterator]();
  const abort = new Promise<undefined>((resolve) => {
    ended.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    while (!ended.aborted) {
      // Who ends the watching need not wait for a picture that may never come; if it does, it is nobody's.
      const asked = iterator.next();
      const next = await Promise.race([asked, abort]);
      if (!next) {
        asked.then(({ value }) => value && close(value)).catch(() => undefined);
        return;
      }
      if (next.done) return;
      const picture = next.value;
      const stamp = typeof VideoFrame !== 'undefined' && picture instanceof VideoFrame && picture.timestamp;
      yield { picture, time: stamp === false ? performance.now() : stamp / 1000 };
    }
  } finally {
    void iterator.return?.().catch(() => undefined);
  }
}
