/** The first three stages: detection, crop and grey. */

import type { Face, Point } from '../../../src/index';
import { find, html, svg } from '../../elements';
import { beside, figure, kernelsOf, paragraph, short, time } from './charts';
import { type Crop, LARGE, SIDE } from './crops';
import type { Found, Walk } from './lab';
import { colourImage, greys, imageOf, rangeOf, signed } from './paint';

/** Replaces what a stage shows. @param id the stage's id without `stage-` */
export function fillStage(id: string, ...content: readonly Node[]): void {
  find(`stage-${id}`)
    .querySelector('.live')
    ?.replaceChildren(...content);
}

/** Shows the picture with the boxes of all faces, and the square of the chosen one. */
export function showDetection(
  { recognition, source }: Found,
  chosen: Face,
  corners?: readonly Point[],
): void {
  const { faces, width, height, timings, moreFaces } = recognition;
  const canvas = html('canvas', { width, height, 'aria-hidden': 'true' });
  canvas.getContext('2d')?.drawImage(source, 0, 0);
  const stroke = Math.max(width, height) / 220;
  const text = `The picture with ${faces.length === 1 ? 'one face' : `${faces.length} faces`}, each in a box`;
  const marks = svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': text, 'stroke-width': stroke },
    ...faces.flatMap((face) => marksOf(face, face === chosen, stroke)),
    ...(corners
      ? [svg('polygon', { class: 'square', points: corners.map(({ x, y }) => `${x},${y}`).join(' ') })]
      : []),
  );
  const caption = `Boxes and points are what the detector found; the dashed square is the crop of stage 2.${
    moreFaces ? ' The picture contains more faces; these are the first 16.' : ''
  }`;
  const { stages } = timings;
  const parts = [
    ['frame', 'scales the picture to 256 x 256', stages?.letterbox],
    ['conv2d', 'and depthwise-conv2d: the layers of the detector', stages?.detector],
    ['faces', 'and boxes: boxes of all faces', stages?.faces],
  ] as const;
  fillStage(
    'detection',
    figure(caption, html('div', { class: 'photo' }, canvas, marks)),
    html(
      'ul',
      { 'data-testid': 'faces' },
      ...faces.map((face, at) =>
        html('li', {}, `Face ${at + 1}: score ${face.score.toFixed(3)}, ${sizeOf(face)}`),
      ),
    ),
    kernelsOf(...parts.map(([kernel, what, ms]) => ({ kernel, what, ms }))),
    paragraph(
      `The whole frame, from the picture to the labels of all faces, took ${time(timings.total)} by the clock of the page.`,
    ),
  );
}

const sizeOf = ({ box }: Face) => `${Math.round(box.width)} x ${Math.round(box.height)} pixels`;

function marksOf({ box, keypoints }: Face, isChosen: boolean, stroke: number): SVGElement[] {
  const { x, y, width, height } = box;
  return [
    svg('rect', { class: isChosen ? 'box chosen' : 'box', x, y, width, height }),
    ...keypoints.map((p) => svg('circle', { class: 'point', cx: p.x, cy: p.y, r: 1.2 * stroke })),
  ];
}

const at = ({ x, y }: Point) => `(${x.toFixed(1)}, ${y.toFixed(1)})`;

/** Shows the aligned crop. */
export function showCrop({ face, crop }: Walk): void {
  const [right, left] = face.keypoints;
  const degrees = (Math.atan2(left.y - right.y, left.x - right.x) * 180) / Math.PI;
  const side = Math.hypot(crop.record[0], crop.record[4]) * SIDE;
  fillStage(
    'crop',
    beside(
      12,
      figure(
        `The same square in ${LARGE} x ${LARGE} pixels, to look at.`,
        colourImage(
          LARGE,
          (i) => [crop.large[4 * i], crop.large[4 * i + 1], crop.large[4 * i + 2]],
          'The crop, large',
        ),
      ),
      figure(
        `The crop in ${SIDE} x ${SIDE} pixels, as the CNN gets it, still in colour.`,
        colourImage(SIDE, (i) => planes(crop, i), 'The crop, 48 x 48 pixels'),
      ),
    ),
    paragraph(
      `The right eye is at ${at(right)} of the picture and the left eye at ${at(left)}. So the crop is turned by ` +
        `${short(degrees)}°, and its side is ${short(side)} pixels of the picture.`,
    ),
    kernelsOf(crop.ran.crops, crop.ran.frame),
  );
}

const planes = ({ colour }: Crop, i: number): [number, number, number] => [
  colour[i],
  colour[SIDE * SIDE + i],
  colour[2 * SIDE * SIDE + i],
];

/** Shows the average beside luminance, and their difference. */
export function showGrey({ crop, ran }: Walk): void {
  const level = (value: number) => Math.round(255 * value);
  const [low, high] = rangeOf(crop.difference);
  const most = Math.max(-low, high);
  const middle = (SIDE / 2) * SIDE + SIDE / 2;
  const [r, g, b] = planes(crop, middle).map(level);
  const mean = crop.difference.reduce((sum, v) => sum + Math.abs(v), 0) / crop.difference.length;
  fillStage(
    'grey',
    beside(
      9,
      figure(
        'Average: what the CNN gets.',
        imageOf(crop.average, SIDE, greys(0, 1), 'The crop in grey by the average'),
      ),
      figure('Luminance.', imageOf(crop.luminance, SIDE, greys(0, 1), 'The crop in grey by luminance')),
      figure(
        `Average − luminance: red where the average is brighter, blue where it is darker; at most ${short(255 * most)} of 255 levels.`,
        imageOf(crop.difference, SIDE, signed(most), 'The difference of the two'),
      ),
    ),
    paragraph(
      `The pixel in the middle has R ${r}, G ${g}, B ${b}: its average is ${short(255 * crop.average[middle])}, its luminance ` +
        `${short(255 * crop.luminance[middle])}. On this face the two differ by ${short(255 * mean)} levels in the mean. ` +
        'The CNN was trained on pictures that were grey already, so this project has not measured which of the two it recognises better.',
    ),
    paragraph(
      `The CNN reads levels from −1 to 1: 2 · average − 1. The kernel frame cuts the square out and makes it grey in one pass. ` +
        'Luminance is not part of the method; here a convolution of 1 x 1 computes it.',
    ),
    kernelsOf(
      crop.ran.grey,
      named(ran.get('luminance'), 'with the three weights: luminance'),
      named(ran.get('difference'), 'the difference'),
    ),
  );
}

const named = <T extends { readonly what: string }>(each: T | undefined, what: string): T | undefined =>
  each && { ...each, what };
