/** Outputs of BlazeFace (Bazarevsky et al., BlazeFace: Sub-millisecond neural face detection on mobile GPUs, 2019). */

import { COARSE_ANCHORS, FINE_ANCHORS } from '../../shaders/boxes/boxes';
import type { Operands } from '../gpu/gpu';
import type { Network } from '../network/network';

/**
 * Returns BlazeFace's outputs under the operand names of the boxes kernel. The model has logits (1,A,1) and boxes
 * (1,A,16): either separately for 512 fine and 384 coarse anchors, or together for all 896, the fine anchors first.
 * @throws Error if the network's outputs have other shapes; the message contains them
 */
export function blazeFaceOutputs({ outputs }: Network): Operands {
  const find = (anchors: number, width: number) =>
    outputs.find(({ shape }) => shape.join() === `1,${anchors},${width}`)?.buffer;
  const pair = (width: number): [GPUBuffer | GPUBufferBinding, GPUBuffer | GPUBufferBinding] => {
    const [fine, coarse] = [find(FINE_ANCHORS, width), find(COARSE_ANCHORS, width)];
    if (fine && coarse) return [fine, coarse];
    const buffer = find(FINE_ANCHORS + COARSE_ANCHORS, width);
    const offset = 4 * FINE_ANCHORS * width;
    if (buffer)
      return [
        { buffer, size: offset },
        { buffer, offset, size: 4 * COARSE_ANCHORS * width },
      ];
    const shapes = outputs.map(({ shape }) => `(${shape.join(',')})`).join(', ');
    throw new Error(
      `detector: the model's outputs are ${shapes}; BlazeFace's are (1,${FINE_ANCHORS},${width}) and (1,${COARSE_ANCHORS},${width}), or (1,${FINE_ANCHORS + COARSE_ANCHORS},${width})`,
    );
  };
  const [[fineLogits, coarseLogits], [fineBoxes, coarseBoxes]] = [pair(1), pair(16)];
  return { fineLogits, coarseLogits, fineBoxes, coarseBoxes };
}
