/** What brings pictures one after the other: videos, streams, iterables. */

import type { Platform } from './dom';
import { describe, isCanvas, isVideo, type PictureSource } from './picture-source';

/** What can be watched. VideoFrames that a stream or an iterable brings are closed when they are no longer needed. */
export type WatchSource =
  | Platform<'HTMLVideoElement'>
  | ReadableStream<Platform<'VideoFrame'>>
  | AsyncIterable<PictureSource>;

const isVideoFrame = (picture: PictureSource): picture is VideoFrame =>
  typeof VideoFrame !== 'undefined' && picture instanceof VideoFrame;

/** Closes a VideoFrame; other pictures belong to whoever brought them. */
export const release = (picture: PictureSource): void => {
  if (isVideoFrame(picture)) picture.close();
};

/** A picture, and milliseconds of its source's clock. */
export interface TimedPicture {
  readonly picture: PictureSource;
  readonly time: number;
}

/** A picture that is submitted, and what is shown of it. */
export interface HeldFrame {
  readonly picture: PictureSource;
  /** The picture as it was submitted, for drawing; undefined if that was not asked for, or is not possible. */
  readonly shown?: VideoFrame | ImageBitmap;
  /** Closes what was made or taken over here; may be called twice. */
  free(): void;
}

/**
 * Prepares a picture for submission. To `keep` it, a video or canvas, whose pixels will change, becomes a VideoFrame
 * (which most browsers make of a video without a copy) or else an ImageBitmap.
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
      // The watching ends without waiting for a picture that may never come. If one comes, nobody else will close it.
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
