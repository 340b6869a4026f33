/** The stage: a picture or video with the boxes over it, and the cards of the faces beside it. */

import type { Recognition, WatchedFrame } from '../src/index';
import { drawFaces, drawFrame, drawThumbnail, faceAt, keepCrisp, type Scene } from './draw';
import { createPanel } from './panel';

/** The picture or video that is shown on the stage. */
export interface Shown {
  /** The pixels from which faces are cropped. */
  readonly source: ImageBitmap | HTMLVideoElement | HTMLCanvasElement;
  /** The element that shows it. */
  readonly element: HTMLElement;
  /** Whether the picture is mirrored on the page. */
  readonly mirrored: boolean;
}

/** The stage of the page. */
export interface Stage {
  /** The picture or video on the stage. */
  readonly shown: Shown | undefined;
  /** Shows a picture or video on the stage, without boxes until `show` is called. */
  stand(what: Shown, width: number, height: number): void;
  /** Draws the boxes of the faces, and lists the faces. */
  show(recognition: Recognition | WatchedFrame): void;
  /** Shows other content instead of the list of faces. */
  say(content: Node): void;
}

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

/** Creates the stage from the elements of the page. */
export function createStage(): Stage {
  const video = find<HTMLVideoElement>('video');
  const elements = [find('picture'), video, find('clip')];
  const overlay = find<HTMLCanvasElement>('overlay');
  const seen = find<HTMLCanvasElement>('seen');
  let shown: Shown | undefined;
  let scene: Scene | undefined;
  let pointed: number | undefined; // index of the face under the pointer or the focus
  let picked: number | undefined; // index of the face chosen by a click or a key

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
  // The layout depends on the aspect ratio of the picture.
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
  // The video's size changes when a phone is rotated.
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
      // The video already shows a later frame, so the frame of this result is drawn over it.
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
