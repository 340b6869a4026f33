/**
 * What BlazeFace's numbers mean: anchors, boxes, and which of them are one face.
 *
 * Bazarevsky et al., BlazeFace: sub-millisecond neural face detection on mobile GPUs, 2019.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A face as the detector sees it, in its square input's units: 0..1. */
export interface Detection {
  readonly box: Box;
  /** Six: right eye, left eye, nose, mouth, right ear, left ear; right and left are the person's. */
  readonly keypoints: readonly Point[];
  /** 0..1 */
  readonly score: number;
}

/** Two grids lie over the input: cells a side, and anchors a cell. 512 + 384 anchors. */
const GRIDS = [
  { cells: 16, anchors: 2 },
  { cells: 8, anchors: 6 },
] as const;

/** Numbers a box: centre, size, six keypoints. */
export const BOX_SIZE = 16;

/** The anchors' centres, 0..1, in the order of the network's outputs. */
export const ANCHORS: readonly Point[] = GRIDS.flatMap(({ cells, anchors }) =>
  Array.from({ length: cells * cells * anchors }, (_, i) => {
    const cell = Math.floor(i / anchors);
    return { x: ((cell % cells) + 0.5) / cells, y: (Math.floor(cell / cells) + 0.5) / cells };
  }),
);

/**
 * Boxes from the network's numbers: offsets from an anchor's centre, in pixels of an input `size` wide.
 * @param logits (896), @param boxes (896,16)
 * @returns those at or above `minScore`, best first
 */
export function decode(
  logits: Float32Array,
  boxes: Float32Array,
  size: number,
  minScore: number,
): Detection[] {
  const found: Detection[] = [];
  ANCHORS.forEach((anchor, i) => {
    const score = 1 / (1 + Math.exp(-logits[i]));
    if (!(score >= minScore)) return;
    const point = (at: number): Point => ({
      x: boxes[i * BOX_SIZE + at] / size + anchor.x,
      y: boxes[i * BOX_SIZE + at + 1] / size + anchor.y,
    });
    const centre = point(0);
    const width = boxes[i * BOX_SIZE + 2] / size;
    const height = boxes[i * BOX_SIZE + 3] / size;
    if (!(width > 0 && height > 0)) return;
    found.push({
      box: { x: centre.x - width / 2, y: centre.y - height / 2, width, height },
      keypoints: [4, 6, 8, 10, 12, 14].map(point),
      score,
    });
  });
  return found.sort((a, b) => b.score - a.score);
}

/** Area of the intersection over area of the union. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (a.width * a.height + b.width * b.height - both);
}

/** Boxes that overlap by more than this are one face. */
const SAME_FACE = 0.3;

/**
 * Non-maximum suppression, blended: the boxes that overlap the best one are not dropped but averaged into it by
 * their scores, which steadies it from frame to frame (BlazeFace, section 3.3).
 * @param detections best first
 */
export function suppress(detections: readonly Detection[], most: number): Detection[] {
  const faces: Detection[] = [];
  let rest = [...detections];
  while (rest.length && faces.length < most) {
    const [best] = rest;
    const alike = rest.filter((other) => other === best || overlap(best.box, other.box) > SAME_FACE);
    rest = rest.filter((other) => !alike.includes(other));
    const total = alike.reduce((sum, d) => sum + d.score, 0);
    const mean = (value: (d: Detection) => number) =>
      alike.reduce((sum, d) => sum + d.score * value(d), 0) / total;
    faces.push({
      box: {
        x: mean((d) => d.box.x),
        y: mean((d) => d.box.y),
        width: mean((d) => d.box.width),
        height: mean((d) => d.box.height),
      },
      keypoints: best.keypoints.map((_, i) => ({
        x: mean((d) => d.keypoints[i].x),
        y: mean((d) => d.keypoints[i].y),
      })),
      score: best.score,
    });
  }
  return faces;
}
