/** Runs in the page: recognises many frames, and counts the GPU objects that were not destroyed. */

import { createGpu, createRecognizer, type Recognizer } from '../src';

/** Returns a function that counts the objects that were created on a device and not destroyed. */
function countLiving(device: GPUDevice): () => number {
  let living = 0;
  for (const name of ['createBuffer', 'createTexture', 'createQuerySet'] as const) {
    const make = device[name].bind(device) as (descriptor: never) => { destroy(): undefined };
    Object.assign(device, {
      [name](descriptor: never) {
        living++;
        const resource = make(descriptor);
        const destroy = resource.destroy.bind(resource);
        resource.destroy = () => {
          living--;
          resource.destroy = destroy;
          return destroy();
        };
        return resource;
      },
    });
  }
  return () => living;
}

let opened: Promise<{ recognizer: Recognizer; living: () => number; picture: ImageBitmap }>;

const soak = {
  /** Opens the recognizer and loads the picture. */
  async open(): Promise<void> {
    opened = (async () => {
      const gpu = await createGpu();
      const living = countLiving(gpu.device);
      const recognizer = await createRecognizer({ gpu, detector: '/weights/face/blazeface-128.onnx' });
      const photo = await createImageBitmap(await (await fetch('/demo/astronaut.png')).blob());
      return { recognizer, living, picture: photo };
    })();
    await opened;
  },
  /** Watches `frames` frames, with a face in every `every`-th; returns the number of GPU objects not destroyed. */
  async run(frames: number, every: number): Promise<number> {
    const { recognizer, living, picture } = await opened;
    const empty = await createImageBitmap(new ImageData(picture.width, picture.height));
    async function* video() {
      for (let i = 0; i < frames; i++)
        yield new VideoFrame(i % every ? empty : picture, { timestamp: 33_333 * i });
    }
    let found = 0;
    for await (const { faces } of recognizer.watch(video())) found += faces.length;
    if (found !== Math.ceil(frames / every)) throw new Error(`${found} faces in ${frames} frames`);
    return living();
  },
};

declare global {
  interface Window {
    soak: typeof soak;
  }
}
window.soak = soak;
