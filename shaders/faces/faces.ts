import { BOX_SIZE } from '../boxes/boxes';
import { type Candidates, type Kernel, only } from '../plan/plan';
import code from './faces.wgsl?raw';

/** boxes (N records) -> y, at most maxFaces faces. */
export interface FacesOptions {
  /** Number of boxes, at most 4096. */
  readonly N: number;
  /** Boxes whose intersection over union is larger than this belong to the same face. */
  readonly same: number;
  readonly maxFaces: number;
}

/** Number of f32 numbers before the faces: the count of faces, 1 if there are more than maxFaces, and two zeros. */
export const FACES_HEAD = 4;

const kernel: Kernel = { name: 'faces', files: [{ name: 'faces.wgsl', code }] };

/** Operand boxes, as the boxes kernel writes them -> y: FACES_HEAD numbers, then a record for each face. */
export function planFaces({ N, same, maxFaces }: FacesOptions): Candidates {
  const constants = { N, SAME: same, MOST: maxFaces };
  return only({ kernel, constants, bindings: ['boxes', 'y'], workgroups: [1, 1, 1] });
}

/** A face as the kernel writes it, in pixels of the picture. */
export interface FaceRecord {
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** Right eye, left eye, nose, mouth, right ear, left ear. */
  readonly keypoints: readonly { readonly x: number; readonly y: number }[];
  /** The detector's confidence, 0..1. */
  readonly score: number;
}

/** Decodes the output of the kernel: the faces, and whether it found more than maxFaces. */
export function decodeFaces(y: Float32Array): { readonly faces: FaceRecord[]; readonly moreFaces: boolean } {
  const faces = Array.from({ length: y[0] }, (_, i) => {
    const start = FACES_HEAD + i * BOX_SIZE;
    const [left, top, width, height, ...rest] = y.subarray(start, start + BOX_SIZE);
    const keypoints = [0, 2, 4, 6, 8, 10].map((k) => ({ x: rest[k], y: rest[k + 1] }));
    return { box: { x: left, y: top, width, height }, keypoints, score: rest[12] };
  });
  return { faces, moreFaces: y[1] > 0 };
}
