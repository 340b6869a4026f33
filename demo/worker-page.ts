/** The page of the worker: opens the webcam, sends its frames to the worker, and draws boxes. */

import type { WatchedFrame } from '../src/index';
import { openCamera } from './camera';
import { drawFaces, keepCrisp, type Scene } from './draw';
import type { FromWorker, ToWorker } from './worker';

/** Part of mediacapture-transform. Chrome supports it in pages, other browsers only in workers or not at all. */
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

/** Sends the camera's stream or, if that is not supported, each frame when the video shows it. */
function send(worker: Worker, track: MediaStreamTrack, signal: AbortSignal): void {
  const post = (message: ToWorker, owned: unknown) => worker.postMessage(message, [owned as Transferable]);
  if ('MediaStreamTrackProcessor' in globalThis) {
    const stream = new MediaStreamTrackProcessor({ track }).readable;
    post({ stream }, stream);
    return;
  }
  const next = () => {
    if (signal.aborted) return;
    const frame = new VideoFrame(video);
    post({ frame }, frame);
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
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
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const stop = new AbortController();
  const end = (why: string) => {
    stop.abort();
    worker.terminate();
    camera.stop();
    start.disabled = false;
    say('error', why);
  };
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if ('frame' in data) show(data.frame);
    else end(data.ended);
  };
  worker.onerror = ({ message }) => end(message || 'The worker could not be loaded.');
  void camera.ended.then(() => end('The webcam was disconnected.'));
  addEventListener('pagehide', () => camera.stop(), { signal: stop.signal });
  say('working', 'The worker loads its models.');
  try {
    send(worker, (video.srcObject as MediaStream).getVideoTracks()[0], stop.signal);
  } catch (error) {
    end((error as Error).message);
  }
}

start.addEventListener('click', () => {
  run().catch((error: Error) => {
    start.disabled = false;
    say('error', error.message);
  });
});
