/** Sources of successive pictures: videos, streams and async iterables. */

import type { Platform } from './dom';
import { describe, isCanvas, isVideo, type PictureSource } from './picture-source';

/**
 * A source for `watch`: a video, a stream of VideoFrames, or an async iterable of pictures. VideoFrames from a stream
 * or an iterable are closed when they are no longer needed.
 */
export type WatchSource =
  | Platform<'HTMLVideoElement'>
  | ReadableStream<Platform<'VideoFrame'>>
  | AsyncIterable<PictureSource>;

const isVideoFrame = (picture: PictureSource): picture is VideoFrame =>
  typeof VideoFrame !== 'undefined' && picture instanceof VideoFrame;

/** Closes a VideoFrame. Does nothing for other pictures: they belong to the source. */
export const release = (picture: PictureSource): void => {
  if (isVideoFrame(picture)) picture.close();
};

/** A picture and its time. */
export interface TimedPicture {
  /** The picture. */
  readonly picture: PictureSource;
  /** Time in milliseconds, on the source's clock. */
  readonly time: number;
}

/** A picture to be submitted, and the picture to be drawn with the result. */
export interface HeldFrame {
  /** The picture to be submitted. */
  readonly picture: PictureSource;
  /** The submitted picture, for drawing. Undefined if it was not requested, or if this kind can't be kept. */
  readonly shown?: VideoFrame | ImageBitmap;
  /** Closes the pictures that were created or taken over here. It may be called twice. */
  free(): void;
}

/**
 * Prepares a picture for submission. If `keep` is true, a video or a canvas is converted to a VideoFrame, because its
 * pixels will change; most browsers create a VideoFrame from a video without a copy. Where VideoFrame does not exist,
 * it is converted to an ImageBitmap.
 */
export async function hold({ picture, time }: TimedPicture, keep = false): Promise<HeldFrame> {
  const free = () => release(picture);
  if (!keep) return { picture, free };
  if (isVideoFrame(picture)) return { picture, shown: picture, free };
  if (typeof ImageBitmap !== 'undefined' && picture instanceof ImageBitmap)
    return { picture, shown: picture, free };
  if (!isVideo(picture) && !isCanvas(picture)) return { picture, free };
  const shown =
    typeof VideoFrame === 'undefined'
      ? await createImageBitmap(picture)
      : new VideoFrame(picture, { timestamp: Math.round(1000 * time) });
  return { picture: shown, shown, free: () => shown.close() };
}

/**
 * Yields the frames of a source until the source ends or `ended` is aborted. The caller must close the VideoFrames that
 * it receives.
 * @throws TypeError if the source is not a video, a stream or an async iterable
 */
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

/** Yields the frames that a video shows. */
async function* framesOfVideo(video: HTMLVideoElement, ended: AbortSignal): AsyncGenerator<TimedPicture> {
  let time = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? video.currentTime : undefined;
  while (!ended.aborted) {
    time ??= await nextFrame(video, ended);
    if (time === undefined) return;
    yield { picture: video, time: 1000 * time };
    time = undefined;
  }
}

/**
 * Resolves when the video shows its next frame, to the frame's time in seconds. Resolves to undefined if the video has
 * ended or its source was removed.
 */
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

/** Iterates over a stream. Not every browser supports `for await` on a ReadableStream. */
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
      // On abort, this does not wait for a picture that may never arrive. If it arrives later, it is closed here.
      const asked = iterator.next();
      const next = await Promise.race([asked, abort]);
      if (!next) {
        asked.then(({ value }) => value && release(value)).catch(() => undefined);
        return;
      }
      if (next.done) return;
      const picture = next.value;
      yield { picture, time: isVideoFrame(picture) ? picture.timestamp / 1000 : performance.now() };
    }
  } finally {
    void iterator.return?.().catch(() => undefined);
  }
}
