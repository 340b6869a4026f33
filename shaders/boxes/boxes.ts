import { type Candidates, ceilDiv, type Kernel, only } from '../plan/plan';
import code from './boxes.wgsl?raw';

/** BlazeFace's logits and boxes -> boxes in the picture. */
export interface BoxesOptions {
  /** Pixels a side of what the detector sees. */
  readonly size: number;
  /** How sure it must be of a face, 0..1. */
  readonly minScore: number;
}

/** BlazeFace's anchors: 16 x 16 cells of two, then 8 x 8 cells of six. */
export const FINE_ANCHORS = 512;
export const COARSE_ANCHORS = 384;

/** Numbers of a box: corner and size, six keypoints, score, logit, nothing twice. */
export const BOX_SIZE = 20;

const kernel: Kernel = { name: 'boxes', files: [{ name: 'boxes.wgsl', code }] };

/** Operands fineLogits, coarseLogits, fineBoxes, coarseBoxes, crop (a record of the frame kernel) -> y. */
export function planBoxes({ size, minScore }: BoxesOptions): Candidates {
  return only({
    kernel,
    // Compared as logits, which no rounding of exp() moves.
    constants: { SIZE: size, MIN_LOGIT: logit(minScore) },
    bindings: ['fineLogits', 'coarseLogits', 'fineBoxes', 'coarseBoxes', 'crop', 'y'],
    workgroups: [ceilDiv(FINE_ANCHORS + COARSE_ANCHORS, 64), 1, 1],
  });
}

const logit = (p: number): number => Math.min(Math.max(Math.log(p / (1 - p)), -88), 88);
