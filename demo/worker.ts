/** The worker: opens the GPU, recognises the frames that it receives, and posts the results. */

import { createRecognizer, type WatchedFrame } from '../src/index';

/** Messages to the worker: one stream of frames, or many single frames. */
export type ToWorker = { readonly stream: ReadableStream<VideoFrame> } | { readonly frame: VideoFrame };
/** Messages from the worker: a result, or the reason why the recognition ended. */
export type FromWorker = { readonly frame: WatchedFrame } | { readonly ended: string };

const post = (message: FromWorker) => self.postMessage(message);

/** Keeps only the newest frame that was received. An older frame that was not read is closed. */
function createInbox(): { put(frame: VideoFrame): void; frames: AsyncIterable<VideoFrame> } {
  let waiting: VideoFrame | undefined;
  let wake = () => {};
  async function* frames() {
    for (;;) {
      while (!waiting)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const frame = waiting;
      waiting = undefined;
      yield frame;
    }
  }
  return {
    put(frame) {
      waiting?.close();
      waiting = frame;
      wake();
    },
    frames: frames(),
  };
}

const inbox = createInbox();
let started = false;

async function watch(source: ReadableStream<VideoFrame> | AsyncIterable<VideoFrame>): Promise<void> {
  try {
    const recognizer = await createRecognizer();
    for await (const frame of recognizer.watch(source, { smoothing: 150 })) post({ frame });
    recognizer.destroy();
    post({ ended: 'The video ended.' });
  } catch (error) {
    post({ ended: error instanceof Error ? error.message : String(error) });
  }
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if ('frame' in data) inbox.put(data.frame);
  if (started) return;
  started = true;
  void watch('stream' in data ? data.stream : inbox.frames);
};
