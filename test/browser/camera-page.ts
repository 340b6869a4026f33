/** What runs in the page: a camera is watched, while every call on the device is counted. */

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

/** Counts the calls of what makes, submits and reads on a device; `stop` puts all back and says how many there were. */
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

/** Every VideoFrame that was handed in. */
const taken: VideoFrame[] = [];

/** So many frames of a playing video, each the video itself or a VideoFrame of it. */
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
  /** The faces' ids, frame by frame. */
  readonly ids: readonly (readonly number[])[];
  /** VideoFrames that were handed in and not closed. */
  readonly open: number;
}

const inCameraPage = {
  /** Watches the camera for so many frames, once all is warm. */
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
  /** The same, in a module worker that is sent the camera's stream of VideoFrames. */
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
  /** Chrome's, of the specification mediacapture-transform; not in TypeScript's library. */
  class MediaStreamTrackProcessor {
    constructor(init: { track: MediaStreamTrack });
    readonly readable: ReadableStream<VideoFrame>;
  }
}
window.inCameraPage = inCameraPage;
