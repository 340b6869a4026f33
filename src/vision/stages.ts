/** The stages of a frame and their dispatches. */

import { type BoundPass, dispatch, dispatchIndirect } from '../gpu/gpu';
import type { Stopwatch } from '../gpu/stopwatch';
import type { Network } from '../network/network';
import type { CountedGrids } from './counted-grids';

/**
 * How the faces are located. `search`: the detector searches the picture. `keep`: the faces are where they were in the
 * last picture that was searched. `whole`: the whole picture is one face, cropped like the pictures of FER2013.
 */
export type Where = 'search' | 'keep' | 'whole';

/** The stages of a frame, in order. Each can be timed separately. */
export const STAGES = ['letterbox', 'detector', 'faces', 'crops', 'expression'] as const;
/** The name of a stage of a frame. */
export type StageName = (typeof STAGES)[number];

/** Records the dispatches of a stage. */
type Stage = (encoder: GPUComputePassEncoder) => void;

/** The passes that read the picture. */
export interface PicturePasses {
  /** Writes the letterboxed picture to the detector's input. */
  readonly letterbox: BoundPass;
  /** Writes the crops of the faces to the expression network's input. */
  readonly found: BoundPass;
  /** Writes the whole picture, as one face, to the expression network's input. */
  readonly one: BoundPass;
}

/** The networks and passes from which the stages are composed. */
export interface StageParts {
  /** The face detector. */
  readonly detector: Network;
  /** The expression network. */
  readonly expression: Network;
  /** The passes that compute the crops of faces from the detector's outputs. */
  readonly finding: readonly BoundPass[];
  /** The workgroup counts of the passes that run for each face. */
  readonly counted: CountedGrids;
}

/** Returns the function that records each stage; undefined for a stage that is skipped. */
export function stagesOf(
  { detector, expression, finding, counted }: StageParts,
  where: Where,
  { letterbox, found, one }: PicturePasses,
): Readonly<Record<StageName, Stage | undefined>> {
  const isOne = where === 'whole';
  const { grids, pass: counting } = counted;
  const search: Record<'letterbox' | 'detector' | 'faces', Stage> = {
    letterbox: (encoder) => dispatch(encoder, letterbox, 1),
    detector: (encoder) => detector.encode(encoder, 1),
    faces(encoder) {
      for (const pass of [...finding, counting]) dispatch(encoder, pass, 1);
    },
  };
  return {
    ...(where === 'search' ? search : { letterbox: undefined, detector: undefined, faces: undefined }),
    crops: (encoder) => (isOne ? dispatch(encoder, one, 1) : dispatchIndirect(encoder, found, grids, 0)),
    expression: (encoder) =>
      isOne ? expression.encode(encoder, 1) : expression.encodeIndirect(encoder, grids, 1),
  };
}

/** Records the stages in one compute pass or, with a stopwatch, in one compute pass for each stage. */
export function recordStages(
  encoder: GPUCommandEncoder,
  stages: Readonly<Record<StageName, Stage | undefined>>,
  picture: GPUBindGroup,
  stopwatch: Stopwatch<StageName> | undefined,
): void {
  let pass: GPUComputePassEncoder | undefined;
  for (const name of STAGES) {
    if (!pass || stopwatch) {
      pass?.end();
      pass = encoder.beginComputePass({ label: 'frame', timestampWrites: stopwatch?.writes(name) });
      pass.setBindGroup(1, picture);
    }
    stages[name]?.(pass);
  }
  pass?.end();
}
