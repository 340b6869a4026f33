/** Reads a frame's result back. */

import { decodeFaces } from '../../shaders/faces/faces';
import type { Gpu } from '../gpu/gpu';
import { createReadback } from '../gpu/readback';
import type { Stopwatch } from '../gpu/stopwatch';
import { sizeOf } from '../graph/graph';
import type { Detection } from './face';
import type { FrameNetworks } from './frame-parts';
import type { Own } from './owned';
import type { BoundPicture } from './picture';
import { STAGES, type StageName, type Where } from './stages';

/** Reads that may be under way before another buffer is created: twice as many as watch() has, where one follows another. */
const READS = 8;

/** What comes back of a frame. */
export interface FrameResult {
  /** The faces with the highest scores first. */
  readonly faces: readonly Detection[];
  /** Whether there are more faces than `maxFaces`. */
  readonly moreFaces: boolean;
  /** (faces, classes) */
  readonly scores: Float32Array;
  /** Milliseconds on the GPU, if they were asked for and the GPU can tell. */
  readonly stages?: Readonly<Record<StageName, number>>;
  /** What the CNN saw of each face, if it was asked for: (H,W), row-major, -1..1. */
  readonly crops?: readonly Float32Array[];
}

/** What else a frame brings back. */
export interface Extras {
  /** Each stage timed, in a pass of its own. */
  readonly stages?: boolean;
  /** What the CNN sees of each face. */
  readonly crops?: boolean;
}

/** Reads frames. */
export interface FrameReader {
  /** Bytes that a frame without extras reads. */
  readonly bytes: number;
  /** Records the copies; call what it returns after the submission. */
  record(
    encoder: GPUCommandEncoder,
    picture: BoundPicture,
    where: Where,
    extras: Extras,
    timing: Stopwatch<StageName> | undefined,
  ): () => Promise<FrameResult>;
}

export function createFrameReader(
  { device }: Gpu,
  own: Own,
  { expression, faceSize }: FrameNetworks,
  faces: GPUBuffer,
): FrameReader {
  const [scores] = expression.outputs;
  const [{ buffer: seen }] = expression.inputs;
  const results = [
    { buffer: faces, bytes: faces.size },
    { buffer: scores.buffer, bytes: 4 * sizeOf(scores.shape) },
  ];
  const resultBytes = results.reduce((sum, { bytes }) => sum + bytes, 0);
  const readback = own(createReadback(device, 'frame', resultBytes, READS));
  const mostBytes = resultBytes + seen.size + 16 * STAGES.length;
  const fullReadback = own(createReadback(device, 'frame in full', mostBytes));
  return {
    bytes: resultBytes,
    record(encoder, picture, where, extras, timing) {
      const crops = extras.crops ? [{ buffer: seen, bytes: seen.size }] : [];
      const times = timing ? [timing.record(encoder)] : [];
      const ring = crops.length + times.length ? fullReadback : readback;
      const pending = ring.record(encoder, [...results, ...crops, ...times]);
      return async () => {
        const bytes = await pending.read();
        const numbers = new Float32Array(bytes);
        const found =
          where === 'whole' ? { faces: [wholeFace(picture)], moreFaces: false } : decodeFaces(numbers);
        const count = found.faces.length;
        return {
          ...found,
          scores: new Float32Array(bytes, faces.size, count * scores.shape[1]),
          stages: timing?.read(bytes.slice(resultBytes + (extras.crops ? seen.size : 0))),
          crops: extras.crops ? cropsIn(new Float32Array(bytes, resultBytes), count, faceSize) : undefined,
        };
      };
    },
  };
}

/** The first lanes of `count` pictures (H,W,4): the others are empty. */
const cropsIn = (pixels: Float32Array, count: number, size: number): Float32Array[] =>
  Array.from({ length: count }, (_, i) =>
    Float32Array.from({ length: size * size }, (_, at) => pixels[(i * size * size + at) * 4]),
  );

/** A picture that is a face: no keypoints were looked for. */
const wholeFace = ({ width, height }: BoundPicture): Detection => ({
  box: { x: 0, y: 0, width, height },
  keypoints: [],
  score: 1,
});
