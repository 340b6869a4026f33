/** The crop of a face: where it is in the picture, in colour and in two kinds of grey. */

import { BOX_SIZE } from '../../../shaders/boxes/boxes';
import { planCrops } from '../../../shaders/crops/crops';
import { FACES_HEAD } from '../../../shaders/faces/faces';
import { type Affine, cropRecord, planFrame } from '../../../shaders/frame/frame';
import type { PictureKind } from '../../../shaders/plan/plan';
import { floats } from '../../../src/graph/graph';
import type { Detection, Graph, Network, Point, Tensor } from '../../../src/index';
import { FER2013 } from '../../../src/vision/frame-parts';
import { createPictures } from '../../../src/vision/picture';
import type { Ran, Runner } from './kernels';

/** Side of the CNN's input, in pixels. */
export const SIDE = 48;
/** Side of the crop that shows the face in more detail, in pixels. */
export const LARGE = 240;
const PIXELS = SIDE * SIDE;

/** The crop of a face. */
export interface Crop {
  /** The record that the kernel `crops` wrote: two rows of four numbers. */
  readonly record: Float32Array;
  /** The corners of the square in the picture, in order. */
  readonly corners: readonly Point[];
  /** (LARGE,LARGE,4): colours 0..1 in RGB order, the fourth number is 0. */
  readonly large: Float32Array;
  /** (3,SIDE,SIDE): colours 0..1. */
  readonly colour: Float32Array;
  /** (SIDE,SIDE): (R + G + B) / 3, 0..1, as the kernel `frame` computed it. */
  readonly average: Float32Array;
  /** (SIDE,SIDE): the same in -1..1, as the CNN reads it. */
  readonly input: Float32Array;
  /** (SIDE,SIDE): 0.299 R + 0.587 G + 0.114 B, 0..1. */
  readonly luminance: Float32Array;
  /** (SIDE,SIDE): average - luminance. */
  readonly difference: Float32Array;
  /** What ran. */
  readonly ran: Readonly<Record<'crops' | 'frame' | 'grey', Ran>>;
}

/** A graph that computes luminance from colours, by a convolution of 1 x 1, and subtracts it from the average. */
export function greyGraph(): Graph {
  const node = (op: string, inputs: string[], output: string) => ({
    ...{ op, domain: '', name: output, inputs, outputs: [output], attributes: {} },
  });
  return {
    ...{ name: 'grey', opset: 13, outputs: ['luminance', 'difference'] },
    inputs: [
      { name: 'colour', shape: [1, 3, SIDE, SIDE] },
      { name: 'average', shape: [1, 1, SIDE, SIDE] },
    ],
    constants: new Map([['weight', floats([1, 3, 1, 1], [0.299, 0.587, 0.114])]]),
    nodes: [
      node('Conv', ['colour', 'weight'], 'luminance'),
      node('Sub', ['average', 'luminance'], 'difference'),
    ],
  };
}

/** Cuts a face out of a picture. @throws if the picture can't be read, or if the device is lost */
export async function cropFace(
  gpu: Parameters<typeof createPictures>[0],
  runner: Runner,
  grey: Network,
  source: ImageBitmap,
  face: Detection,
): Promise<Crop> {
  const faces = Float32Array.from({ length: FACES_HEAD + BOX_SIZE }, () => 0);
  faces[0] = 1;
  const { x, y, width, height } = face.box;
  faces.set([x, y, width, height, ...face.keypoints.flatMap((p) => [p.x, p.y]), face.score], FACES_HEAD);
  const candidates = planCrops({ maxFaces: 1, size: SIDE, ...FER2013 });
  const placed = await runner.run({
    label: 'crops',
    candidates,
    operands: { faces },
    output: 'y',
    length: 8,
  });
  const record = placed.y;

  const pictures = createPictures(gpu);
  const prepared = await pictures.prepare(source);
  try {
    const { group } = pictures.bind(prepared.picture, prepared.kind);
    const cut = (crops: Float32Array, size: number, isGrey: boolean, scale: number, offset: number) =>
      runner.run({
        label: 'frame',
        candidates: planFrame(
          { H: size, W: size, scale, offset, grey: isGrey, border: 'nearest' },
          prepared.kind satisfies PictureKind,
        ),
        ...{ operands: { crops }, output: 'y', length: 4 * size * size, picture: group },
      });
    const input = await cut(record, SIDE, true, 2, -1);
    const average = await cut(record, SIDE, true, 1, 0);
    const colours = await cut(record, SIDE, false, 1, 0);
    const large = await cut(cropRecord(enlarged(record)), LARGE, false, 1, 0);
    const planes = Float32Array.from({ length: 3 * PIXELS }, (_, at) => {
      return colours.y[4 * (at % PIXELS) + Math.floor(at / PIXELS)];
    });
    const first = (pixels: Float32Array) => Float32Array.from({ length: PIXELS }, (_, at) => pixels[4 * at]);
    const outputs = await grey.run({
      colour: { shape: [1, 3, SIDE, SIDE], data: planes },
      average: { shape: [1, 1, SIDE, SIDE], data: first(average.y) },
    });
    return {
      ...{ record, corners: cornersOf(record), large: large.y, colour: planes },
      ...{ average: first(average.y), input: first(input.y) },
      luminance: (outputs.luminance as Tensor).data,
      difference: (outputs.difference as Tensor).data,
      ran: {
        crops: { kernel: 'crops', what: 'computes the square from the eyes and the mouth', ms: placed.ms },
        frame: { kernel: 'frame', what: 'cuts the square out, in colour', ms: colours.ms },
        grey: { kernel: 'frame', what: 'cuts the square out, as the average', ms: input.ms },
      },
    };
  } finally {
    prepared.done();
    pictures.destroy();
  }
}

/** The same square with more pixels. */
function enlarged([a, b, tx, , c, d, ty]: Float32Array): Affine {
  const by = SIDE / LARGE;
  return { a: a * by, b: b * by, tx, c: c * by, d: d * by, ty };
}

const cornersOf = ([a, b, tx, , c, d, ty]: Float32Array): Point[] =>
  [
    [0, 0],
    [SIDE, 0],
    [SIDE, SIDE],
    [0, SIDE],
  ].map(([u, v]) => ({ x: a * u + b * v + tx, y: c * u + d * v + ty }));
