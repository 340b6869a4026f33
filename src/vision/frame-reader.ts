/** Reads the result of a frame back from the GPU. */

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

/** Number of reads in progress before another buffer is created. Two watch() calls in succession need at most this. */
const READS = 8;

/** The result of one frame. */
export interface FrameResult {
  /** The faces, in descending order of the detector's score. */
  readonly faces: readonly Detection[];
  /** Whether there are more than `maxFaces` faces. */
  readonly moreFaces: boolean;
  /** The probabilities (faces, classes). */
  readonly scores: Float32Array;
  /** GPU time of each stage in milliseconds, if requested and supported by the GPU. */
  readonly stages?: Readonly<Record<StageName, number>>;
  /** The expression network's input for each face, if requested: (H,W), row-major, -1..1. */
  readonly crops?: readonly Float32Array[];
}

/** Additional results of a frame. */
export interface Extras {
  /** Whether to time each stage. Each stage then runs in a compute pass of its own. */
  readonly stages?: boolean;
  /** Whether to return the expression network's input for each face. */
  readonly crops?: boolean;
}

/** Reads the results of frames back. */
export interface FrameReader {
  /** Number of bytes that a frame without extras reads back. */
  readonly bytes: number;
  /** Records the copies. The caller must call the returned function after the submission. */
  record(
    encoder: GPUCommandEncoder,
    picture: BoundPicture,
    where: Where,
    extras: Extras,
    timing: Stopwatch<StageName> | undefined,
  ): () => Promise<FrameResult>;
}

/** Creates the buffers for reading frames back. */
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

/** The first channel of `count` pictures (H,W,4). The other channels are empty. */
const cropsIn = (pixels: Float32Array, count: number, size: number): Float32Array[] =>
  Array.from({ length: count }, (_, i) =>
    Float32Array.from({ length: size * size }, (_, at) => pixels[(i * size * size + at) * 4]),
  );

/** The whole picture as one face, without keypoints. */
const wholeFace = ({ width, height }: BoundPicture): Detection => ({
  box: { x: 0, y: 0, width, height },
  keypoints: [],
  score: 1,
});
