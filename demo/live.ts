/** What moves: the webcam, a video file, or the clip, a walk over the bundled photo for who has neither. */

import type { PictureSource } from '../src/index';
import { openCamera } from './camera';

/** Something that brings frames until it is stopped. */
export interface Live {
  readonly kind: 'webcam' | 'video' | 'clip';
  /** What is shown, and what faces are cut out of. */
  readonly element: HTMLVideoElement | HTMLCanvasElement;
  readonly mirrored: boolean;
  readonly width: number;
  readonly height: number;
  /** What to watch; after it was watched, another one. */
  frames(): HTMLVideoElement | AsyncIterable<PictureSource>;
  /** Resolves if it ends of itself, such as a webcam that is unplugged. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** @throws in one sentence if there is none, or it is refused or taken */
export async function openWebcam(video: HTMLVideoElement): Promise<Live> {
  const { ended, stop } = await openCamera(video);
  const { videoWidth: width, videoHeight: height } = video;
  return { kind: 'webcam', element: video, mirrored: true, width, height, frames: () => video, ended, stop };
}

/** Plays a file again and again. @throws in one sentence if the browser can't */
export async function openVideo(video: HTMLVideoElement, file: Blob, name: string): Promise<Live> {
  const url = URL.createObjectURL(file);
  const stop = () => {
    video.pause();
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  };
  video.loop = true;
  video.src = url;
  try {
    await video.play();
  } catch {
    stop();
    throw new Error(`“${name}” is no video that this browser can play`);
  }
  const { videoWidth: width, videoHeight: height } = video;
  const never = new Promise<void>(() => undefined);
  return {
    kind: 'video',
    element: video,
    mirrored: false,
    width,
    height,
    frames: () => video,
    ended: never,
    stop,
  };
}

/** Seconds of the walk until it starts anew. */
const ROUND = 12;

/** Where the walk stands: the middle and the side of what is seen, in shares of the photo, and its turn. */
function viewAt(seconds: number): { x: number; y: number; side: number; turn: number } {
  const t = (2 * Math.PI * seconds) / ROUND;
  return {
    x: 0.46 + 0.07 * Math.sin(t),
    y: 0.34 + 0.05 * Math.sin(2 * t),
    side: 0.56 + 0.1 * Math.cos(t),
    turn: 0.12 * Math.sin(3 * t),
  };
}

/** Walks over the photo: near and far, turned a little, from side to side. */
export function openClip(canvas: HTMLCanvasElement, photo: ImageBitmap): Live {
  const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D;
  const { width } = canvas;
  let stopped = false;
  let wake = () => {};
  const draw = (seconds: number) => {
    const { x, y, side, turn } = viewAt(seconds);
    const scale = width / (side * photo.width);
    // The photo does not cover the corners when it is turned at its edge.
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillRect(0, 0, width, width);
    context.setTransform(1, 0, 0, 1, width / 2, width / 2);
    context.rotate(turn);
    context.scale(scale, scale);
    context.drawImage(photo, -x * photo.width, -y * photo.height);
  };
  const started = performance.now();
  async function* frames() {
    while (!stopped) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        requestAnimationFrame(() => resolve());
      });
      if (stopped) return;
      draw((performance.now() - started) / 1000);
      yield canvas;
    }
  }
  draw(0);
  const never = new Promise<void>(() => undefined);
  return {
    ...{ kind: 'clip', element: canvas, mirrored: false, width, height: width, ended: never },
    frames,
    stop() {
      stopped = true;
      photo.close();
      wake();
    },
  };
}
