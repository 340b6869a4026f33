/** Shows the CNN's input and some channels of its first layers. */

import { compile, type Gpu, loadOnnx, type Network, shippedModels, type Tensor } from '../src/index';

/** The tensors that are shown, each as a row of maps. In these first layers, a face is still recognisable. */
const LAYERS = ['pool1', 'pool2'] as const;
/** Number of channels shown of each tensor. */
const MAPS = 6;
/** Minimum pause between two updates, in ms and as a multiple of an update's duration, to not slow recognition. */
const PAUSE = 120;
const SHARE = 10;

/** The display of the CNN's input and channels. */
export interface Sight {
  /** Shows a face's crop, (48,48) in -1..1, at once, and its maps when they are computed. */
  show(crop: Float32Array | undefined): void;
  /** Frees the network. */
  destroy(): void;
}

/** Compiles the shipped CNN a second time, with the tensors that are shown as its outputs. */
export async function createSight(gpu: Gpu, root: HTMLElement): Promise<Sight> {
  const graph = await loadOnnx(shippedModels.expression());
  const network: Network = await compile({ ...graph, outputs: [...LAYERS] }, gpu);
  const [{ shape }] = network.inputs;
  const size = shape[2];
  const input = canvasOf(size);
  const rows = network.outputs.map(({ name, shape: [, , H] }) => ({
    name,
    canvases: Array.from({ length: MAPS }, () => canvasOf(H)),
  }));
  root.replaceChildren(input, ...rows.flatMap(({ canvases }) => canvases));
  let next = 0;
  let busy = false;
  let destroyed = false;

  const look = async (crop: Float32Array) => {
    const maps = await network.run({ x: { shape: [1, 1, size, size], data: crop } });
    for (const { name, canvases } of rows) {
      const { shape: outputShape, data } = maps[name] as Tensor;
      const pixels = outputShape[2] * outputShape[3];
      // Evenly spaced channels, the same in every update.
      const step = Math.floor(outputShape[1] / MAPS);
      canvases.forEach((canvas, k) => {
        paint(canvas, data.subarray(k * step * pixels, (k * step + 1) * pixels));
      });
    }
  };
  return {
    show(crop) {
      root.parentElement!.hidden = !crop;
      const now = performance.now();
      if (!crop || busy || destroyed || now < next) return;
      busy = true;
      paint(input, crop);
      look(crop)
        .catch(() => undefined) // a lost GPU is reported by the recognizer
        .finally(() => {
          const end = performance.now();
          next = end + Math.max(PAUSE, SHARE * (end - now));
          busy = false;
        });
    },
    destroy() {
      destroyed = true;
      network.destroy();
    },
  };
}

function canvasOf(size: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  return canvas;
}

/** Draws values as grey levels: the smallest value black, the largest white. */
function paint(canvas: HTMLCanvasElement, values: Float32Array): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  const image = context.createImageData(canvas.width, canvas.height);
  values.forEach((v, i) => {
    const level = high > low ? (255 * (v - low)) / (high - low) : 0;
    image.data.set([level, level, level, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
}
