/** Draws the boxes, the labels and the crops of a recognition. */

import type { Face, TrackedFace } from '../src/index';

/** A recognition that is drawn over its picture. */
export interface Scene {
  /** The recognised faces. */
  readonly faces: readonly (Face | TrackedFace)[];
  /** Width of the picture, in the same pixels as the boxes. */
  readonly width: number;
  /** Height of the picture, in the same pixels as the boxes. */
  readonly height: number;
  /** Whether the picture is mirrored on the page. */
  readonly mirrored: boolean;
}

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

// A bright colour with a dark edge is visible on every picture and in both themes.
const BRIGHT = '#6ff2d2';
const EDGE = 'rgb(4 24 20 / 0.75)';
const FONT = '600 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const TAG_HEIGHT = 22;

/** Keeps the canvas's size equal to its size in device pixels, and calls `redraw` after every change. */
export function keepCrisp(canvas: HTMLCanvasElement, redraw: () => void): void {
  const observer = new ResizeObserver(([{ contentRect, devicePixelContentBoxSize }]) => {
    const exact = devicePixelContentBoxSize?.[0];
    const pixels = (length: number, counted = Number.NaN) =>
      // Emulated screens report CSS pixels; such a value is ignored.
      Math.abs(counted - length * devicePixelRatio) <= 1 ? counted : Math.round(length * devicePixelRatio);
    canvas.width = pixels(contentRect.width, exact?.inlineSize);
    canvas.height = pixels(contentRect.height, exact?.blockSize);
    redraw();
  });
  try {
    observer.observe(canvas, { box: 'device-pixel-content-box' });
  } catch {
    observer.observe(canvas);
  }
}

/** Draws a frame of a video at the frame's size. */
export function drawFrame(
  canvas: HTMLCanvasElement,
  frame: CanvasImageSource,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  canvas.getContext('2d', { alpha: false })?.drawImage(frame, 0, 0, width, height);
}

/** Returns a face's box, scaled to a view of `width` and `height`, and mirrored if the scene is. */
function boxIn(scene: Scene, face: Face, width: number, height: number): Rect {
  const { box } = face;
  const left = scene.mirrored ? scene.width - box.x - box.width : box.x;
  const [sx, sy] = [width / scene.width, height / scene.height];
  return { x: left * sx, y: box.y * sy, width: box.width * sx, height: box.height * sy };
}

/** Returns the index of the face at a point, x and y in 0..1. If there are several, the smallest is returned. */
export function faceAt(scene: Scene, x: number, y: number): number | undefined {
  const hits = scene.faces
    .map((face, index) => ({ index, ...boxIn(scene, face, 1, 1) }))
    .filter((box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height)
    .sort((a, b) => a.width - b.width);
  return hits[0]?.index;
}

/** Draws all boxes with their labels. If one is highlighted, the others are drawn fainter. */
export function drawFaces(canvas: HTMLCanvasElement, scene: Scene | undefined, highlighted?: number): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!scene || !canvas.width || !canvas.height) return;
  const { width, height } = canvas.getBoundingClientRect();
  context.scale(canvas.width / width, canvas.height / height);
  const order = scene.faces.map((_, index) => index);
  // The highlighted box is drawn last, above the others.
  if (highlighted !== undefined) order.sort((a, b) => Number(a === highlighted) - Number(b === highlighted));
  for (const index of order) {
    const face = scene.faces[index];
    const strong = index === highlighted;
    context.globalAlpha = highlighted === undefined || strong ? 1 : 0.6;
    const rect = boxIn(scene, face, width, height);
    drawBox(context, rect, strong);
    if (strong) drawKeypoints(context, scene, face, width, height);
    const percent = Math.round(face.scores[face.label] * 100);
    const number = 'id' in face ? face.id : index + 1;
    const text = `${scene.faces.length > 1 ? `${number}  ` : ''}${face.label} ${percent}%`;
    drawTag(context, rect, text, width, height);
  }
  context.globalAlpha = 1;
}

/** Draws a thin outline with thick corners. */
function drawBox(context: CanvasRenderingContext2D, { x, y, width, height }: Rect, strong: boolean): void {
  const arm = Math.min(width, height) * 0.22;
  const radius = Math.min(10, arm / 2);
  const [right, bottom] = [x + width, y + height];
  const outline = new Path2D();
  outline.roundRect(x, y, width, height, radius);
  const corners = new Path2D();
  const corner = (cornerX: number, cornerY: number, dx: number, dy: number) => {
    corners.moveTo(cornerX, cornerY + dy * arm);
    corners.arcTo(cornerX, cornerY, cornerX + dx * arm, cornerY, radius);
    corners.lineTo(cornerX + dx * arm, cornerY);
  };
  corner(x, y, 1, 1);
  corner(right, y, -1, 1);
  corner(right, bottom, -1, -1);
  corner(x, bottom, 1, -1);

  const stroke = (path: Path2D, colour: string, lineWidth: number) => {
    context.strokeStyle = colour;
    context.lineWidth = lineWidth;
    context.stroke(path);
  };
  context.lineCap = 'round';
  stroke(outline, EDGE, strong ? 4.5 : 2.5);
  stroke(corners, EDGE, strong ? 7 : 5.5);
  stroke(outline, BRIGHT, strong ? 2.5 : 1);
  stroke(corners, BRIGHT, strong ? 4.5 : 3);
}

function drawKeypoints(
  context: CanvasRenderingContext2D,
  scene: Scene,
  face: Face,
  width: number,
  height: number,
): void {
  for (const point of face.keypoints) {
    const x = ((scene.mirrored ? scene.width - point.x : point.x) * width) / scene.width;
    context.beginPath();
    context.arc(x, (point.y * height) / scene.height, 2.5, 0, 2 * Math.PI);
    context.fillStyle = BRIGHT;
    context.strokeStyle = EDGE;
    context.lineWidth = 2;
    context.stroke();
    context.fill();
  }
}

/** Draws the label above its box, or below it if there is no room, or inside if there is no room below. */
function drawTag(
  context: CanvasRenderingContext2D,
  rect: Rect,
  text: string,
  width: number,
  height: number,
): void {
  context.font = FONT;
  const tagWidth = context.measureText(text).width + 16;
  const above = rect.y - TAG_HEIGHT - 6;
  const below = rect.y + rect.height + 6;
  const x = Math.max(2, Math.min(rect.x, width - tagWidth - 2));
  const y = above >= 2 ? above : below + TAG_HEIGHT <= height - 2 ? below : Math.max(2, rect.y + 6);
  context.beginPath();
  context.roundRect(x, y, tagWidth, TAG_HEIGHT, 5);
  context.fillStyle = BRIGHT;
  context.strokeStyle = EDGE;
  context.lineWidth = 2;
  context.stroke();
  context.fill();
  context.fillStyle = '#04251e';
  context.textBaseline = 'middle';
  context.fillText(text, x + 8, y + TAG_HEIGHT / 2 + 0.5);
}

/** Draws the square around a face's box, with a margin. The square is moved so that it is inside the picture. */
export function drawThumbnail(
  canvas: HTMLCanvasElement,
  picture: CanvasImageSource,
  face: Face,
  { width, height, mirrored }: Scene,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const side = Math.round(canvas.clientWidth * devicePixelRatio) || 144;
  if (canvas.width !== side) {
    canvas.width = side;
    canvas.height = side;
  }
  const { box } = face;
  const span = Math.min(Math.max(box.width, box.height) * 1.4, width, height);
  const within = (value: number, most: number) => Math.max(0, Math.min(value, most));
  const x = within(box.x + box.width / 2 - span / 2, width - span);
  // The head extends further above the detector's box than below it.
  const y = within(box.y + box.height / 2 - span * 0.56, height - span);
  context.setTransform(mirrored ? -1 : 1, 0, 0, 1, mirrored ? side : 0, 0);
  context.clearRect(0, 0, side, side);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, x, y, span, span, 0, 0, side, side);
}
