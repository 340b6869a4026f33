/** A module worker that watches a stream of VideoFrames. */

import { createRecognizer } from '../../src';

self.onmessage = async ({ data }: MessageEvent<{ readable: ReadableStream<VideoFrame>; frames: number }>) => {
  try {
    const recognizer = await createRecognizer({ detector: '/weights/face/blazeface-128.onnx' });
    const faces: number[] = [];
    const labels: string[] = [];
    for await (const frame of recognizer.watch(data.readable)) {
      faces.push(frame.faces.length);
      labels.push(...frame.faces.map(({ label }) => label));
      if (faces.length === data.frames) break;
    }
    recognizer.destroy();
    self.postMessage({ faces, labels });
  } catch (error) {
    self.postMessage({ error: (error as Error).message });
  }
};
