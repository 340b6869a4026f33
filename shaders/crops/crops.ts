import { MAX_TAPS } from '../frame/frame';
import { type Candidates, ceilDiv, type Kernel, only } from '../plan/plan';
import code from './crops.wgsl?raw';

/** faces -> the frame kernel's crops. */
export interface CropsOptions {
  readonly maxFaces: number;
  /** Pixels a side of a crop. */
  readonly size: number;
  /** How a face lies in the crop, in shares of its side: the eyes' height, their distance, and theirs to the mouth. */
  readonly eyesY: number;
  readonly betweenEyes: number;
  readonly eyesToMouth: number;
}

const kernel: Kernel = { name: 'crops', files: [{ name: 'crops.wgsl', code }] };

/** Operand faces, as the faces kernel writes them -> y. */
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
