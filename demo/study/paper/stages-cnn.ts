/** The layers of the CNN. */

import type { Tensor } from '../../../src/index';
import { html } from '../../elements';
import { barsOf, beside, figure, kernelsOf, paragraph, short } from './charts';
import { CONVOLUTIONS } from './cnn';
import type { Ran } from './kernels';
import type { Walk } from './lab';
import { type Colour, greys, mapsOf, rangeOf, signed } from './paint';
import { fillStage } from './stages-face';

/** A kernel that ran, with other words for what it did. */
const named = (ran: Ran | undefined, what: string): Ran | undefined => ran && { ...ran, what };

/** Draws all feature maps of a tensor (1,C,H,W). */
function maps({ shape, data }: Tensor, columns: number, colour: Colour, name: string): HTMLCanvasElement {
  const [, C, H, W] = shape;
  return mapsOf(data, [C, H, W], columns, colour, `${name}: ${C} feature maps of ${H} x ${W}`);
}

/** Grey levels from 0 to the largest number of a tensor. */
const bright = ({ data }: Tensor): Colour => greys(0, rangeOf(data)[1]);

const rangeText = ({ data }: Tensor): string => {
  const [low, high] = rangeOf(data);
  return `numbers from ${short(low)} to ${short(high)}`;
};

/** Shows every layer. */
export function showCnn(walk: Walk): void {
  showConvolution(walk);
  showPools(walk);
  showDeeper(walk);
  showVectors(walk);
}

function showConvolution({ tensors, ran }: Walk): void {
  const [before, after] = [tensors['conv1.1'], tensors['conv1.1.relu']];
  const [low, high] = rangeOf(before.data);
  fillStage(
    'convolution',
    figure(
      `The 32 feature maps of conv1.1, (1,32,48,48): ${rangeText(before)}. Red is above 0, blue below, white is 0.`,
      maps(before, 8, signed(Math.max(-low, high)), 'conv1.1'),
    ),
    kernelsOf(named(ran.get('conv1.1'), 'conv1.1, 1 image to 32')),
  );
  const zeros = after.data.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
  fillStage(
    'relu',
    figure(
      `The same feature maps after ReLU: ${rangeText(after)}. Black is 0, and white the largest number.`,
      maps(after, 8, bright(after), 'conv1.1 after ReLU'),
    ),
    paragraph(
      `${zeros.toLocaleString('en')} of the ${after.data.length.toLocaleString('en')} numbers are 0 now. Here ReLU runs as a kernel of its own, so ` +
        'that you can see the numbers before it. In the recogniser, the convolution applies it before it writes its result.',
    ),
    kernelsOf(named(ran.get('conv1.1.relu'), 'ReLU on 32 images')),
  );
}

function showPools({ tensors, ran }: Walk): void {
  const [most, mean, sum] = [tensors.pool1, tensors['pool1/average'], tensors['pool1/sum']];
  const gap = sum.data.reduce((far, value, i) => Math.max(far, Math.abs(value - 4 * mean.data[i])), 0);
  const one = (tensor: Tensor, name: string, caption: string) =>
    figure(`${name}: ${rangeText(tensor)}. ${caption}`, maps(tensor, 8, bright(tensor), `${name} pooling`));
  const isExact = gap === 0;
  fillStage(
    'pool',
    beside(
      14,
      one(most, 'Max', 'Bright spots stay bright.'),
      one(mean, 'Average', 'Spots become softer.'),
      one(sum, 'Sum', 'Each image looks like the average, because white is its own largest number.'),
    ),
    html(
      'p',
      { 'data-testid': 'sum-pool' },
      `On this face, sum and 4 · average ${isExact ? 'are equal in all' : `differ by at most ${short(gap)} in`} ` +
        `${sum.data.length.toLocaleString('en')} numbers. The shipped CNN contains max pooling, three times. Average and sum pooling ` +
        'are not part of it: this page runs their kernel on the tensor that the first max pooling reads.',
    ),
    kernelsOf(
      named(ran.get('pool1'), 'max'),
      named(ran.get('pool1/average'), 'average'),
      named(ran.get('pool1/mean'), 'sum, by the kernel of the average without its division'),
    ),
  );
}

function showDeeper({ tensors, ran }: Walk): void {
  const columns: Readonly<Record<number, number>> = { 64: 16, 96: 24, 160: 40 };
  const rows = CONVOLUTIONS.slice(1).map((name) => {
    const tensor = tensors[`${name}.relu`];
    const [, C, H, W] = tensor.shape;
    return figure(
      `${name} and ReLU: ${C} images of ${H} x ${W}.`,
      maps(tensor, columns[C] ?? 16, bright(tensor), name),
    );
  });
  fillStage(
    'deeper',
    ...rows,
    paragraph(
      'After conv2.2 and conv3.3, a max pooling halves the images. After conv4.3, the network takes the mean of each image ' +
        '(global average pooling), so that 160 numbers remain.',
    ),
    figure('The means of the 160 images.', barsOf(tensors.average.data, 'Means')),
    kernelsOf(
      ...CONVOLUTIONS.slice(1).map((name) => named(ran.get(name), `${name} with its ReLU`)),
      named(ran.get('average'), 'the mean of each image'),
    ),
  );
}

function showVectors({ tensors, ran }: Walk): void {
  const long = tensors['pool3/flat'];
  const [low, high] = rangeOf(long.data);
  fillStage(
    'flatten',
    figure(
      'pool3, (1,96,6,6), flattened to 3,456 numbers: each line is 4 images of 36 numbers, and the next line continues it.',
      mapsOf(long.data, [1, 24, 144], 1, greys(low, high), 'Flattened pool3: 3,456 numbers'),
    ),
    paragraph(
      'The shipped CNN flattens only the 160 means, (1,160,1,1) to (1,160), where no number moves and no kernel runs. To show ' +
        'more, this page flattens the last pooled tensor. Mien stores images pixel by pixel, so a kernel has to move these numbers.',
    ),
    kernelsOf(named(ran.get('pool3/rows'), 'puts the numbers in order')),
  );
  fillStage(
    'dense',
    figure('The 64 weighted sums, before ReLU.', barsOf(tensors.dense.data, 'Weighted sums')),
    figure('The 64 features, after ReLU.', barsOf(tensors.features.data, 'Features')),
    kernelsOf(named(ran.get('dense'), '160 numbers to 64'), named(ran.get('features'), 'ReLU on 64 numbers')),
  );
  const total = tensors.softmax.data.reduce((sum, value) => sum + value, 0);
  fillStage(
    'softmax',
    figure('Softmax of the 64 features.', barsOf(tensors.softmax.data, 'Softmax')),
    html(
      'p',
      { 'data-testid': 'softmax' },
      `These 64 numbers have the sum ${total.toFixed(4)}. They are not the probabilities of expressions: the shipped files do not contain ` +
        'the last layer of the CNN, with one number for each class, because the SVM takes its place. So this page runs the kernel on the features.',
    ),
    kernelsOf(named(ran.get('softmax'), 'of 64 numbers')),
  );
}
