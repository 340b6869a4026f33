/** Runs in the page: watches a camera, and counts every call on the device. */

import { createGpu, createRecognizer, type Recognizer, type WatchedFrame } from '../../src';

const opened = createGpu().then((gpu) =>
  createRecognizer({ gpu, detector: '/weights/face/blazeface-128.onnx', tuning: false }),
);

async function openCamera(): Promise<HTMLVideoElement> {
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
  await video.play();
  return video;
}

/** Counts calls that create, submit and read on a device. The returned function stops, and returns the counts. */
function countCalls(recognizer: Recognizer): () => Record<string, number> {
  const { device } = recognizer.gpu;
  const counts: Record<string, number> = {};
  const restore: (() => void)[] = [];
  const watch = (object: object, name: string) => {
    const methods = object as Record<string, (...args: unknown[]) => unknown>;
    const original = methods[name];
    counts[name] = 0;
    methods[name] = function (this: unknown, ...args) {
      counts[name]++;
      return original.apply(this, args);
    };
    restore.push(() => {
      methods[name] = original;
    });
  };
  for (const name of Object.getOwnPropertyNames(GPUDevice.prototype))
    if (/^(create|import)/.test(name)) watch(device, name);
  watch(device.queue, 'submit');
  watch(device.queue, 'copyExternalImageToTexture');
  watch(GPUBuffer.prototype, 'mapAsync');
  watch(GPUTexture.prototype, 'createView');
  watch(GPUCommandEncoder.prototype, 'beginComputePass');
  return () => {
    for (const undo of restore) undo();
    return counts;
  };
}

/** Every VideoFrame that was passed to the recognizer. */
const taken: VideoFrame[] = [];

/** Yields `count` frames of a playing video, each as the video itself or as a VideoFrame. */
async function* framesOf(video: HTMLVideoElement, form: 'video' | 'VideoFrame', count: number) {
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    if (form === 'video') yield video;
    else {
      const frame = new VideoFrame(video);
      taken.push(frame);
      yield frame;
    }
  }
}

export interface Watched {
  readonly counts: Record<string, number>;
  readonly faces: readonly number[];
  readonly labels: readonly string[];
  /** The ids of the faces in each frame. */
  readonly ids: readonly (readonly number[])[];
  /** Number of VideoFrames that were passed to the recognizer and not closed. */
  readonly open: number;
}

const inCameraPage = {
  /** Watches the camera for a number of frames, after some frames that are not counted. */
  async watch(form: 'video' | 'VideoFrame', frames: number): Promise<Watched> {
    const recognizer = await opened;
    const video = await openCamera();
    let warm = 0;
    for await (const _ of recognizer.watch(video)) if (++warm === 2) break;
    const stop = countCalls(recognizer);
    const seen: WatchedFrame[] = [];
    for await (const frame of recognizer.watch(framesOf(video, form, frames))) seen.push(frame);
    const counts = stop();
    for (const track of (video.srcObject as MediaStream).getTracks()) track.stop();
    const faces = seen.flatMap((frame) => frame.faces);
    return {
      counts,
      faces: seen.map((frame) => frame.faces.length),
      labels: [...new Set(faces.map(({ label }) => label))],
      ids: seen.map((frame) => frame.faces.map(({ id }) => id)),
      open: taken.splice(0).filter(({ format }) => format !== null).length,
    };
  },
  /** Does the same in a module worker, which receives the camera's stream of VideoFrames. */
  async watchInWorker(frames: number): Promise<{ faces: readonly number[]; labels: readonly string[] }> {
    const video = await openCamera();
    const [track] = (video.srcObject as MediaStream).getVideoTracks();
    const { readable } = new MediaStreamTrackProcessor({ track });
    const worker = new Worker(new URL('./camera-worker.ts', import.meta.url), { type: 'module' });
    const answer = await new Promise<{ faces: number[]; labels: string[]; error?: string }>((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => resolve({ faces: [], labels: [], error: message });
      worker.postMessage({ readable, frames }, [readable as unknown as Transferable]);
    });
    worker.terminate();
    track.stop();
    if (answer.error) throw new Error(answer.error);
    return answer;
  },
};

export type InCameraPage = typeof inCameraPage;

declare global {
  interface Window {
    inCameraPage: InCameraPage;
  }
  /** Part of mediacapture-transform, supported by Chrome. It is not in TypeScript's library. */
  class MediaStreamTrackProcessor {
    constructor(init: { track: MediaStreamTrack });
    readonly readable: ReadableStream<VideoFrame>;
  }
}
window.inCameraPage = inCameraPage;
