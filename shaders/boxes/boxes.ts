import { type Candidates, ceilDiv, type Kernel, only } from '../plan/plan';
import code from './boxes.wgsl?raw';

/** BlazeFace's logits and boxes -> boxes in the picture, in pixels. */
export interface BoxesOptions {
  /** Side of the detector's input, in pixels. */
  readonly size: number;
  /** Minimum score of a face, 0..1. */
  readonly minScore: number;
}

/** BlazeFace's anchors: first 16 x 16 cells with two anchors each, then 8 x 8 cells with six each. */
export const FINE_ANCHORS = 512;
export const COARSE_ANCHORS = 384;

/** Number of f32 numbers in the record of a box: corner and size, six keypoints, score, logit, two zeros. */
export const BOX_SIZE = 20;

const kernel: Kernel = { name: 'boxes', files: [{ name: 'boxes.wgsl', code }] };

/** Operands fineLogits, coarseLogits, fineBoxes, coarseBoxes, crop (a record of the frame kernel) -> y (896,20). */
export function planBoxes({ size, minScore }: BoxesOptions): Candidates {
  return only({
    kernel,
    // The kernel compares logits, so that roundings of exp() do not matter.
    constants: { SIZE: size, MIN_LOGIT: logit(minScore) },
    bindings: ['fineLogits', 'coarseLogits', 'fineBoxes', 'coarseBoxes', 'crop', 'y'],
    workgroups: [ceilDiv(FINE_ANCHORS + COARSE_ANCHORS, 64), 1, 1],
  });
}

const logit = (p: number): number => Math.min(Math.max(Math.log(p / (1 - p)), -88), 88);
