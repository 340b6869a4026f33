/** The stages of a frame, and what each of them dispatches. */

import { type BoundPass, dispatch, dispatchIndirect } from '../gpu/gpu';
import type { Stopwatch } from '../gpu/stopwatch';
import type { Network } from '../network/network';
import type { CountedGrids } from './counted-grids';

/**
 * Where the faces are: `search` the picture for them; where they were in the last picture that was searched (`keep`);
 * or the picture is one, cut like those of FER2013 (`whole`).
 */
export type Where = 'search' | 'keep' | 'whole';

/** The parts of a frame, in their order; each can be timed by itself. */
export const STAGES = ['letterbox', 'detector', 'faces', 'crops', 'expression'] as const;
/** The name of a part of a frame. */
export type StageName = (typeof STAGES)[number];

/** Records what a stage dispatches. */
type Stage = (encoder: GPUComputePassEncoder) => void;

/** The passes that read the picture. */
export interface PicturePasses {
  /** The whole picture, letterboxed, for the detector. */
  readonly letterbox: BoundPass;
  /** The faces that were found. */
  readonly found: BoundPass;
  /** The whole picture as one face. */
  readonly one: BoundPass;
}

/** What the stages are made of. */
export interface StageParts {
  readonly detector: Network;
  readonly expression: Network;
  /** From the detector's outputs to the crops of faces. */
  readonly finding: readonly BoundPass[];
  readonly counted: CountedGrids;
}

/** What each stage records; undefined for a stage that is left out. */
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

/** Records stages as one compute pass, or with a stopwatch as one for each stage. */
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
