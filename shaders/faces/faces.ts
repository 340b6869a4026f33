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

/** Numbers before the faces; the first counts them. */
export const FACES_HEAD = 4;

const kernel: Kernel = { name: 'faces', files: [{ name: 'faces.wgsl', code }] };

/** Operand boxes, as the boxes kernel writes them -> y. */
export function planFaces({ N, same, maxFaces }: FacesOptions): Candidates {
  const constants = { N, SAME: same, MOST: maxFaces };
  return only({ kernel, constants, bindings: ['boxes', 'y'], workgroups: [1, 1, 1] });
}
