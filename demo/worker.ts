/** The worker: it opens the GPU, watches the frames that it is sent, and posts what it sees. */

import { createRecognizer, type WatchedFrame } from '../src/index';

/** What the worker is sent: a stream of frames once, or frame after frame. */
export type ToWorker = { readonly stream: ReadableStream<VideoFrame> } | { readonly frame: VideoFrame };
/** What the worker posts. */
export type FromWorker = { readonly frame: WatchedFrame } | { readonly ended: string };

const post = (message: FromWorker) => self.postMessage(message);

/** The newest frame that was sent: an older one that nobody took is worth nothing. */
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
