import { MAX_TAPS } from '../frame/frame';
import { type Candidates, ceilDiv, type Kernel, only } from '../plan/plan';
import code from './crops.wgsl?raw';

/** faces -> y (maxFaces,8), the frame kernel's crops. */
export interface CropsOptions {
  readonly maxFaces: number;
  /** Side of a crop, in pixels. */
  readonly size: number;
  /** Distance of the eyes from the crop's top, as a fraction of its side. */
  readonly eyesY: number;
  /** Distance between the eyes, as a fraction of the crop's side. */
  readonly betweenEyes: number;
  /** Distance from the middle of the eyes to the mouth, as a fraction of the crop's side. */
  readonly eyesToMouth: number;
}

const kernel: Kernel = { name: 'crops', files: [{ name: 'crops.wgsl', code }] };

/** Operand faces, as the faces kernel writes them -> y, a record for each face. */
export function planCrops(o: CropsOptions): Candidates {
  const constants = {
    SIZE: o.size,
    EYES: o.eyesY,
    BETWEEN: o.betweenEyes,
    TO_MOUTH: o.eyesToMouth,
    MAX_TAPS,
  };
  return only({ kernel, constants, bindings: ['faces', 'y'], workgroups: [ceilDiv(o.maxFaces, 64), 1, 1] });
}
