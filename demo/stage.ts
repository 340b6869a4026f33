/** The stage: picture or video, the boxes over it, and the cards beside it that light up with them. */

import type { Recognition, WatchedFrame } from '../src/index';
import { drawFaces, drawFrame, drawThumbnail, faceAt, keepCrisp, type Scene } from './draw';
import { createPanel } from './panel';

/** What stands on the stage. */
export interface Shown {
  /** What faces are cut out of, and the element that shows it. */
  readonly source: ImageBitmap | HTMLVideoElement | HTMLCanvasElement;
  readonly element: HTMLElement;
  readonly mirrored: boolean;
}

export interface Stage {
  readonly shown: Shown | undefined;
  /** Puts something on the stage, without boxes until they are known. */
  stand(what: Shown, width: number, height: number): void;
  /** Draws the faces of what is shown, and lists them. */
  show(recognition: Recognition | WatchedFrame): void;
  /** Says something in place of the list of faces. */
  say(content: Node): void;
}

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

export function createStage(): Stage {
  const video = find<HTMLVideoElement>('video');
  const elements = [find('picture'), video, find('clip')];
  const overlay = find<HTMLCanvasElement>('overlay');
  const seen = find<HTMLCanvasElement>('seen');
  let shown: Shown | undefined;
  let scene: Scene | undefined;
  let pointed: number | undefined; // by the pointer or the focus
  let picked: number | undefined; // by a click or a key

  const panel = createPanel(find('faces'), {
    onPoint: (index) => highlight(index, picked),
    onPick: (index) => highlight(index, picked === index ? undefined : index),
  });

  const redraw = () => drawFaces(overlay, scene, pointed ?? picked);
  const highlight = (point: number | undefined, pick: number | undefined, reveal = false) => {
    [pointed, picked] = [point, pick];
    panel.mark(point, pick, reveal);
    redraw();
  };
  // The layout follows the picture's shape.
  const setRatio = (width: number, height: number) =>
    document.documentElement.style.setProperty('--ratio', String(width / height || 1));

  const hit = ({ offsetX, offsetY }: MouseEvent) =>
    scene && faceAt(scene, offsetX / overlay.clientWidth, offsetY / overlay.clientHeight);
  overlay.addEventListener('pointermove', (event) => {
    const face = hit(event);
    overlay.style.cursor = face === undefined ? '' : 'pointer';
    if (face !== pointed) highlight(face, picked);
  });
  overlay.addEventListener('pointerleave', () => highlight(undefined, picked));
  overlay.addEventListener('click', (event) => {
    const face = hit(event);
    highlight(face, face === picked ? undefined : face, true);
  });
  keepCrisp(overlay, redraw);
  // A phone that is turned turns its video.
  video.addEventListener('resize', () => {
    if (shown?.source === video) setRatio(video.videoWidth, video.videoHeight);
  });

  return {
    get shown() {
      return shown;
    },
    stand(what, width, height) {
      shown = what;
      scene = undefined;
      panel.forget();
      for (const element of elements) element.hidden = element !== what.element;
      for (const element of [what.element, seen]) element.classList.toggle('mirrored', what.mirrored);
      seen.hidden = true;
      setRatio(width, height);
      highlight(undefined, undefined);
    },
    show(recognition) {
      if (!shown) return;
      const { mirrored } = shown;
      // A video is ahead of its results by now, so the frame that they belong to covers it.
      const frame = 'picture' in recognition ? recognition.picture : undefined;
      if (frame) drawFrame(seen, frame, recognition);
      seen.hidden = !frame;
      const source = frame ?? shown.source;
      const current: Scene = { ...recognition, mirrored };
      scene = current;
      const time = 'time' in recognition ? recognition.time : undefined;
      panel.show(current.faces, time, (canvas, face) => drawThumbnail(canvas, source, face, current));
      const kept = (index: number | undefined) =>
        index !== undefined && index < recognition.faces.length ? index : undefined;
      highlight(kept(pointed), kept(picked));
    },
    say: panel.say,
  };
}
