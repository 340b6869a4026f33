/** The worker: it opens the GPU, watches a stream of VideoFrames, and posts what it sees. */

import { createRecognizer, type WatchedFrame } from '../src/index';

/** What the worker posts. */
export type FromWorker = { readonly frame: WatchedFrame } | { readonly error: string };

const post = (message: FromWorker) => self.postMessage(message);

self.onmessage = async ({ data }: MessageEvent<ReadableStream<VideoFrame>>) => {
  try {
    const recognizer = await createRecognizer();
    for await (const frame of recognizer.watch(data, { smoothing: 150 })) post({ frame });
    recognizer.destroy();
  } catch (error) {
    post({ error: error instanceof Error ? error.message : String(error) });
  }
};
