/** Frames of a video, a stream or anything that brings pictures -> their faces, followed over time. */

import type { PictureSource } from './picture';
import type { Recognition } from './recognizer';
import { createTracks, type FaceEvent, type TrackedFace } from './tracks';

/** What can be watched. VideoFrames that a stream or an iterable brings are closed as soon as the GPU has them. */
export type WatchSource = HTMLVideoElement | ReadableStream<VideoFrame> | AsyncIterable<PictureSource>;

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
 * Yields every frame that was submitted, in order. Frames that come while `UNDER_WAY` others are not done are left
 * out where the source drops them itself (a video, a camera's stream); an iterable is asked for no more meanwhile.
 * Ends with its source, when `signal` says so, or by `break`.
 * @throws what a frame's recognition throws, and RangeError for options that are no counts
 */
export async function* watch(
  submit: Submit,
  source: WatchSource,
  options: WatchOptions = {},
): AsyncGenerator<WatchedFrame, void, undefined> {
  const { maxFaces = Number.POSITIVE_INFINITY, smoothing = 150, detectEvery = 1, signal } = options;
  const { stages, crops } = options;
  for (const [name, value] of Object.entries({ maxFaces, detectEvery }))
    if (!(value >= 1)) throw new RangeError(`${name} is ${value}: 1 or more is needed`);
  const tracks = createTracks({ smoothing });
  const stop = new AbortController();
  const ended = AbortSignal.any(signal ? [signal, stop.signal] : [stop.signal]);
  const under: { time: number; result: Promise<Recognition> }[] = [];
  let changed = () => {};
  const change = () => new Promise<void>((resolve) => (changed = resolve));
  let waiting = change();
  const tell = () => {
    changed();
    waiting = change();
  };

  let over: { error?: unknown } | undefined;
  const feed = async () => {
    let count = 0;
    let most = UNDER_WAY;
    for await (const { picture, time } of framesOf(source, ended)) {
      while (under.length >= most && !ended.aborted) await waiting;
      if (ended.aborted) {
        close(picture);
        break;
      }
      const search = count++ % detectEvery === 0;
      const { result } = await submit(picture, { search, stages, crops }).finally(() => close(picture));
      const submitted = performance.now();
      const ahead = under.length;
      result.then(
        () => {
          most = performance.now() - submitted > SLOW * (ahead + 1) ? 1 : UNDER_WAY;
        },
        () => undefined, // is told when its turn comes
      );
      under.push({ time, result });
      tell();
    }
  };
  ended.addEventListener('abort', tell);
  const fed = feed().then(
    () => {
      over = {};
      tell();
    },
    (error: unknown) => {
      over = { error };
      tell();
    },
  );
  try {
    while (!ended.aborted) {
      if (!under.length) {
        if (over) break;
        await waiting;
        continue;
      }
      const [{ time, result }] = under;
      const recognition = await result;
      under.shift();
      tell();
      if (ended.aborted) break;
      const { faces, events } = tracks.update(recognition.faces.slice(0, maxFaces), time);
      yield { ...recognition, faces, events, time };
    }
    if (over && 'error' in over && !ended.aborted) throw over.error;
  } finally {
    stop.abort();
    await fed;
  }
}

const close = (picture: PictureSource): void => {
  if (typeof VideoFrame !== 'undefined' && picture instanceof VideoFrame) picture.close();
};

interface TimedPicture {
  readonly picture: PictureSource;
  readonly time: number;
}

function framesOf(source: WatchSource, ended: AbortSignal): AsyncIterable<TimedPicture> {
  if ('getReader' in source) return framesOfIterable(framesOfStream(source, ended), ended);
  if (Symbol.asyncIterator in source) return framesOfIterable(source, ended);
  return framesOfVideo(source, ended);
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

/** Seconds of the video when it shows another frame; undefined if it won't. */
const nextFrame = (video: HTMLVideoElement, ended: AbortSignal): Promise<number | undefined> =>
  new Promise((resolve) => {
    const done = new AbortController();
    const finish = (time?: number) => {
      done.abort();
      resolve(time);
    };
    const { signal } = done;
    video.addEventListener('ended', () => finish(), { signal });
    ended.addEventListener('abort', () => finish(), { signal });
    if (video.ended || ended.aborted) finish();
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
  const abort = new Promise<{ done: true; value: undefined }>((resolve) =>
    ended.addEventListener('abort', () => resolve({ done: true, value: undefined })),
  );
  try {
    for (;;) {
      // Who ends the watching need not wait for a picture that may never come.
      const { done, value } = await Promise.race([iterator.next(), abort]);
      if (done) return;
      const stamp = typeof VideoFrame !== 'undefined' && value instanceof VideoFrame && value.timestamp;
      yield { picture: value, time: stamp === false ? performance.now() : stamp / 1000 };
    }
  } finally {
    void iterator.return?.().catch(() => undefined);
  }
}
