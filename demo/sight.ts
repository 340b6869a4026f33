/** What the CNN sees: the face that it is given, and what some of its channels make of it. */

import { compile, type Gpu, loadOnnx, type Network, shippedModels, type Tensor } from '../src/index';

/** The values that are shown, a row of maps each: the first layers', where a face can still be seen. */
const LAYERS = ['pool1', 'pool2'] as const;
const MAPS = 6;
/** Milliseconds between two looks, at least, and how many times as long as a look: the maps should cost no frames. */
const PAUSE = 120;
const SHARE = 10;

export interface Sight {
  /** Shows a face's crop, (48,48) in -1..1, and after a while its maps. */
  show(crop: Float32Array | undefined): void;
  destroy(): void;
}

/** Compiles the shipped CNN once more, with the layers that are shown as its outputs. */
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
      // Channels spread over all there are, always the same ones.
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
        .catch(() => undefined) // a lost GPU is told by what recognises
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

/** Grey levels from the smallest to the largest number. */
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
