/** Moving pictures: the webcam, a video file, or the clip, in which a view moves over the bundled photo. */

import type { PictureSource } from '../src/index';
import { openCamera } from './camera';

/** A source of frames that runs until it is stopped. */
export interface Live {
  /** Kind of the source. */
  readonly kind: 'webcam' | 'video' | 'clip';
  /** The element that is shown, and from which faces are cropped. */
  readonly element: HTMLVideoElement | HTMLCanvasElement;
  /** Whether the element is mirrored on the page. */
  readonly mirrored: boolean;
  /** Width of the frames in pixels. */
  readonly width: number;
  /** Height of the frames in pixels. */
  readonly height: number;
  /** Returns a source for `watch`. Each source may be watched once. */
  frames(): HTMLVideoElement | AsyncIterable<PictureSource>;
  /** Resolves if the source ends by itself, for example because the webcam is unplugged. */
  readonly ended: Promise<void>;
  /** Stops the source and frees it. */
  stop(): void;
}

/**
 * Opens the webcam.
 * @throws Error, in one sentence, if there is no webcam, if access is denied, or if another program uses it
 */
export async function openWebcam(video: HTMLVideoElement): Promise<Live> {
  const { ended, stop } = await openCamera(video);
  const { videoWidth: width, videoHeight: height } = video;
  return { kind: 'webcam', element: video, mirrored: true, width, height, frames: () => video, ended, stop };
}

/** Plays a video file in a loop. @throws Error, in one sentence, if the browser can't play it */
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
    throw new Error(`“${name}” is not a video that this browser can play`);
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

/** Duration of the clip in seconds; it repeats. */
const ROUND = 12;

/** The view at a time: its centre and side as fractions of the photo, and its rotation in radians. */
function viewAt(seconds: number): { x: number; y: number; side: number; turn: number } {
  const t = (2 * Math.PI * seconds) / ROUND;
  return {
    x: 0.46 + 0.07 * Math.sin(t),
    y: 0.34 + 0.05 * Math.sin(2 * t),
    side: 0.56 + 0.1 * Math.cos(t),
    turn: 0.12 * Math.sin(3 * t),
  };
}

/** Moves a view over the photo. The view zooms, rotates slightly, and moves from side to side. */
export function openClip(canvas: HTMLCanvasElement, photo: ImageBitmap): Live {
  const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D;
  const { width } = canvas;
  let stopped = false;
  let wake = () => {};
  const draw = (seconds: number) => {
    const { x, y, side, turn } = viewAt(seconds);
    const scale = width / (side * photo.width);
    // When the view is rotated near the photo's edge, the photo does not cover the corners.
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
