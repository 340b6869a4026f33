/** The page of the worker: opens the webcam, sends its frames away, draws boxes. Its own thread stays free. */

import type { WatchedFrame } from '../src/index';
import { openCamera } from './camera';
import { drawFaces, keepCrisp, type Scene } from './draw';
import type { FromWorker } from './worker';

/** Chrome has it in pages, Safari in workers alone; of the specification mediacapture-transform. */
declare class MediaStreamTrackProcessor {
  constructor(init: { track: MediaStreamTrack });
  readonly readable: ReadableStream<VideoFrame>;
}

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const page = document.documentElement;
const video = find<HTMLVideoElement>('video');
const overlay = find<HTMLCanvasElement>('overlay');
const start = find<HTMLButtonElement>('start');

const say = (state: 'ready' | 'working' | 'error', text: string): void => {
  page.dataset.state = state;
  find('status').textContent = text;
};

/** The camera's frames: from its track, or else each as the video shows it. */
function framesOf(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  if ('MediaStreamTrackProcessor' in globalThis) return new MediaStreamTrackProcessor({ track }).readable;
  return new ReadableStream<VideoFrame>(
    {
      pull: (controller) =>
        new Promise((resolve) => {
          video.requestVideoFrameCallback(() => {
            controller.enqueue(new VideoFrame(video));
            resolve();
          });
        }),
    },
    { highWaterMark: 0 }, // only when asked: an old frame is worth nothing
  );
}

let scene: Scene | undefined;
keepCrisp(overlay, () => drawFaces(overlay, scene));

function show(frame: WatchedFrame): void {
  scene = { ...frame, mirrored: true };
  drawFaces(overlay, scene);
  page.dataset.faces = String(frame.faces.length);
  const labels = frame.faces.map(({ id, label }) => `${id} ${label}`).join(', ');
  say('ready', labels || 'No face.');
  find('rate').textContent = `${frame.timings.total.toFixed(0)} ms from frame to labels`;
}

async function run(): Promise<void> {
  start.disabled = true;
  say('working', 'Waiting for the webcam.');
  const camera = await openCamera(video);
  page.style.setProperty('--ratio', String(video.videoWidth / video.videoHeight));
  const [track] = (video.srcObject as MediaStream).getVideoTracks();
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const end = (why: string) => {
    worker.terminate();
    camera.stop();
    start.disabled = false;
    say('error', why);
  };
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if ('frame' in data) show(data.frame);
    else end(data.error);
  };
  worker.onerror = ({ message }) => end(message || 'The worker could not be loaded.');
  void camera.ended.then(() => end('The webcam went away.'));
  addEventListener('pagehide', () => camera.stop());
  const frames = framesOf(track);
  worker.postMessage(frames, [frames as unknown as Transferable]);
  say('working', 'The worker loads its models.');
}

start.addEventListener('click', () => {
  run().catch((error: Error) => {
    start.disabled = false;
    say('error', error.message);
  });
});
