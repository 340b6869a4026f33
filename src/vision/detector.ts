import type { Gpu } from '../gpu/gpu';
import type { Graph } from '../graph/graph';
import { dropInputTransposes } from '../graph/inputs';
import { ANCHORS, BOX_SIZE, type Detection, decode, suppress } from './blazeface';
import { fromLetterbox, letterbox } from './geometry';
import type { PictureTexture } from './picture';
import { createStage } from './stage';

export interface Detector {
  /** The faces of a picture, best first, in its pixels. */
  detect(picture: PictureTexture): Promise<Detection[]>;
  destroy(): void;
}

export interface DetectorOptions {
  readonly maxFaces: number;
  /** How sure the detector must be, 0..1. */
  readonly minScore: number;
}

/**
 * BlazeFace on a device.
 * @throws if the graph's outputs are not BlazeFace's: logits of 512 and 384 anchors, and 16 numbers for each
 */
export async function createDetector(gpu: Gpu, graph: Graph, options: DetectorOptions): Promise<Detector> {
  const stage = await createStage(gpu, dropInputTransposes(graph), {
    label: 'detector',
    frame: { scale: 2, offset: -1, grey: false, border: 'black' },
    batch: 1,
  });
  const { network } = stage;
  const size = network.inputs[0].shape[2];
  /** The outputs of `width` numbers an anchor, the finer grid's first. */
  const named = (width: number) =>
    network.outputs
      .filter(({ shape }) => shape.length === 3 && shape[2] === width)
      .sort((a, b) => b.shape[1] - a.shape[1]);
  const [logits, boxes] = [named(1), named(BOX_SIZE)];
  const count = (outputs: typeof logits) => outputs.reduce((sum, { shape }) => sum + shape[1], 0);
  if (count(logits) !== ANCHORS.length || count(boxes) !== ANCHORS.length) {
    stage.destroy();
    throw new Error(
      `detector: the model gives ${count(logits)} logits and ${count(boxes)} boxes, BlazeFace has ${ANCHORS.length}`,
    );
  }
  return {
    async detect(picture) {
      const box = letterbox(picture.width, picture.height, size);
      const outputs = await stage.run(picture, [box]);
      const join = (values: typeof logits) =>
        Float32Array.from(values.flatMap(({ name }) => [...outputs[name]]));
      const found = suppress(decode(join(logits), join(boxes), size, options.minScore), options.maxFaces);
      return found.map(({ box: { x, y, width, height }, keypoints, score }) => {
        const corner = fromLetterbox(box, size, { x, y });
        return {
          box: { ...corner, width: width * size * box.a, height: height * size * box.d },
          keypoints: keypoints.map((point) => fromLetterbox(box, size, point)),
          score,
        };
      });
    },
    destroy: stage.destroy,
  };
}
