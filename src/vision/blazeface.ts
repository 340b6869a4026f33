/** What goes between BlazeFace and its kernels. Bazarevsky et al., BlazeFace: sub-millisecond neural face detection, 2019. */

import { BOX_SIZE, COARSE_ANCHORS, FINE_ANCHORS } from '../../shaders/boxes/boxes';
import { FACES_HEAD } from '../../shaders/faces/faces';
import type { Network } from '../network/network';
import type { Detection } from './face';

/** BlazeFace's outputs as the boxes kernel names them. @throws if there are others */
export function blazeFaceOutputs({ outputs }: Network): Record<string, GPUBuffer> {
  const find = (anchors: number, width: number): GPUBuffer => {
    const output = outputs.find(({ shape }) => shape.join() === `1,${anchors},${width}`);
    if (!output)
      throw new Error(
        `detector: the model's outputs are ${outputs.map(({ shape }) => `(${shape.join(',')})`).join(', ')}, BlazeFace has one of (1,${anchors},${width})`,
      );
    return output.buffer;
  };
  return {
    fineLogits: find(FINE_ANCHORS, 1),
    coarseLogits: find(COARSE_ANCHORS, 1),
    fineBoxes: find(FINE_ANCHORS, 16),
    coarseBoxes: find(COARSE_ANCHORS, 16),
  };
}

/** The records that the faces kernel writes. */
export function facesIn(numbers: Float32Array): Detection[] {
  return Array.from({ length: numbers[0] }, (_, i) => {
    const start = FACES_HEAD + i * BOX_SIZE;
    const [x, y, width, height, ...rest] = numbers.subarray(start, start + BOX_SIZE);
    const keypoints = [0, 2, 4, 6, 8, 10].map((k) => ({ x: rest[k], y: rest[k + 1] }));
    return { box: { x, y, width, height }, keypoints, score: rest[12] };
  });
}
