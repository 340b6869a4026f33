import { BOX_SIZE } from '../boxes/boxes';
import { type Candidates, type Kernel, only } from '../plan/plan';
import code from './faces.wgsl?raw';

/** boxes (N) -> faces. */
export interface FacesOptions {
  /** Up to 4096 */
  readonly N: number;
  /** Boxes that overlap by more, intersection over union, are one face. */
  readonly same: number;
  readonly maxFaces: number;
}

/** Numbers before the faces: how many there are, and whether there are more than may be returned. */
export const FACES_HEAD = 4;

const kernel: Kernel = { name: 'faces', files: [{ name: 'faces.wgsl', code }] };

/** Operand boxes, as the boxes kernel writes them -> y. */
export function planFaces({ N, same, maxFaces }: FacesOptions): Candidates {
  const constants = { N, SAME: same, MOST: maxFaces };
  return only({ kernel, constants, bindings: ['boxes', 'y'], workgroups: [1, 1, 1] });
}

/** A face as the kernel writes it, in pixels of the picture. */
export interface FaceRecord {
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** Right eye, left eye, nose, mouth, right ear, left ear. */
  readonly keypoints: readonly { readonly x: number; readonly y: number }[];
  /** How sure the detector is, 0..1. */
  readonly score: number;
}

/** Decodes what the kernel wrote: the faces, and whether it found more than it may return. */
export function decodeFaces(y: Float32Array): { readonly faces: FaceRecord[]; readonly moreFaces: boolean } {
  const faces = Array.from({ length: y[0] }, (_, i) => {
    const start = FACES_HEAD + i * BOX_SIZE;
    const [left, top, width, height, ...rest] = y.subarray(start, start + BOX_SIZE);
    const keypoints = [0, 2, 4, 6, 8, 10].map((k) => ({ x: rest[k], y: rest[k + 1] }));
    return { box: { x: left, y: top, width, height }, keypoints, score: rest[12] };
  });
  return { faces, moreFaces: y[1] > 0 };
}
