/** Runs in the page: uses the library as an application does. */

import { compile, createGpu, createRecognizer, type Face, loadOnnx, type PictureSource } from '../../src';

const photo = '/demo/astronaut.png';
const blob = async (): Promise<Blob> => (await fetch(photo)).blob();

/** The same photo as every kind of picture that a page may have. */
const forms: Readonly<Record<string, () => Promise<PictureSource>>> = {
  Blob: blob,
  ImageBitmap: async () => createImageBitmap(await blob()),
  HTMLImageElement: async () => {
    const image = new Image();
    image.src = photo;
    await image.decode();
    return image;
  },
  HTMLCanvasElement: async () => draw(document.createElement('canvas')),
  OffscreenCanvas: async () => draw(new OffscreenCanvas(1, 1)),
  ImageData: async () => {
    const canvas = await draw(new OffscreenCanvas(1, 1));
    return canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  },
  VideoFrame: async () => new VideoFrame(await createImageBitmap(await blob()), { timestamp: 0 }),
  HTMLVideoElement: async () => {
    const video = document.createElement('video');
    video.muted = true;
    const canvas = await draw(document.createElement('canvas'));
    video.srcObject = canvas.captureStream(10);
    await video.play();
    return video;
  },
};

async function draw<T extends HTMLCanvasElement | OffscreenCanvas>(canvas: T): Promise<T> {
  const image = await createImageBitmap(await blob());
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.drawImage(image, 0, 0);
  return canvas;
}

/** One device for all tests, because many devices in one page may crash Chrome with SwiftShader. */
const gpu = createGpu();
const recognizer = gpu.then((opened) => createRecognizer({ gpu: opened }));

/** Returns a function that counts the buffers and textures that were created on a device and not destroyed. */
function count(device: GPUDevice): () => number {
  let live = 0;
  const counted = <T extends { destroy(): void }>(resource: T): T => {
    live++;
    const destroy = resource.destroy.bind(resource);
    let gone = false;
    resource.destroy = () => {
      if (!gone) live--;
      gone = true;
      destroy();
    };
    return resource;
  };
  const makeBuffer = device.createBuffer.bind(device);
  const makeTexture = device.createTexture.bind(device);
  // Buffers of sizes are cached for the device, as pipelines are, so they are not counted.
  device.createBuffer = (descriptor) =>
    descriptor.label?.startsWith('size ') ? makeBuffer(descriptor) : counted(makeBuffer(descriptor));
  device.createTexture = (descriptor) => counted(makeTexture(descriptor));
  return () => live;
}

type Refused =
  | 'empty video'
  | 'no picture'
  | 'too few pixels'
  | 'too large'
  | 'canvas without a context'
  | 'half floats'
  | 'address';

const inApiPage = {
  forms: Object.keys(forms),
  async recognize(form: string): Promise<readonly Face[]> {
    return (await recognizer).recognize(await forms[form]());
  },
  async overlapping(): Promise<string[]> {
    const pictures = await Promise.all(['Blob', 'ImageBitmap', 'ImageData'].map((form) => forms[form]()));
    const results = await Promise.all(pictures.map(async (picture) => (await recognizer).recognize(picture)));
    return results.map(([face]) => face.label);
  },
  /** Returns the message with which a picture is rejected. */
  async refusal(kind: Refused): Promise<string> {
    const pictures: Record<Refused, unknown> = {
      'empty video': document.createElement('video'),
      'no picture': new Blob(['no picture'], { type: 'text/plain' }),
      'too few pixels': { width: 4, height: 4, data: new Uint8Array(63) },
      'too large': { width: 100_000, height: 1, data: new Uint8Array(400_000) },
      'canvas without a context': document.createElement('canvas'),
      'half floats': { width: 4, height: 4, data: new Float32Array(64) },
      address: photo,
    };
    return (await recognizer).recognize(pictures[kind] as PictureSource).then(
      () => 'nothing',
      (error: Error) => error.message,
    );
  },
  /** Recognises the photo with the same alpha in all pixels, as Blob, image, canvas and ImageData. */
  async transparent(alpha = 200): Promise<(readonly Face[])[]> {
    const pixels = (await forms.ImageData()) as ImageData;
    for (let i = 3; i < pixels.data.length; i += 4) pixels.data[i] = alpha;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [pixels.width, pixels.height];
    canvas.getContext('2d')!.putImageData(pixels, 0, 0);
    const file = await new Promise<Blob>((resolve) => {
      canvas.toBlob((made) => resolve(made!));
    });
    const image = new Image();
    image.src = URL.createObjectURL(file);
    await image.decode();
    const found = [];
    for (const picture of [file, image, canvas, pixels])
      found.push(await (await recognizer).recognize(picture));
    return found;
  },
  /** Counts buffers and textures before, during and after the use of a recognizer and a network. */
  async leaks(): Promise<{ atWork: number; before: number; after: number; failed: number }> {
    const opened = await gpu;
    await (await recognizer).tuned; // its buffers would be counted
    const live = count(opened.device);
    const before = live();
    const own = await createRecognizer({ gpu: opened, maxFaces: 2 });
    const pictures = [await forms.Blob(), { width: 30, height: 20, data: new Uint8Array(2400) }];
    for (const picture of [...pictures, ...pictures]) await own.recognize(picture);
    const network = await compile(await loadOnnx('/weights/expression.onnx'), opened, { batch: 3 });
    await Promise.all(
      [1, 2, 3].map((n) => network.run({ x: { shape: [n, 1, 48, 48], data: new Float32Array(n * 2304) } })),
    );
    const atWork = live();
    network.destroy();
    own.destroy();
    await Promise.all([network.tuned, own.tuned]); // a measurement in progress is completed first
    const after = live();
    // A recognizer with an unsuitable expression model must not leave any objects either.
    await createRecognizer({ gpu: opened, expression: '/weights/face/blazeface-128.onnx' }).catch(
      () => undefined,
    );
    return { before, atWork, after, failed: live() };
  },
  /** Whether the times of one start are used by the next, through the browser's own store. */
  async remembersTimings(): Promise<{ first: boolean; second: boolean; same: boolean }> {
    // A model that no earlier test has timed.
    const graph = await loadOnnx('/test/fixtures/nets/net-torch-mobile.onnx');
    const timed = async (budget: number) => {
      const network = await compile(graph, await gpu, { tuning: { budget } });
      const known = network.steps.some(({ times }) => Object.keys(times).length > 0);
      await network.tuned;
      network.destroy();
      return { known, steps: JSON.stringify(network.steps) };
    };
    const [first, second] = [await timed(1e6), await timed(0)];
    return { first: first.known, second: second.known, same: first.steps === second.steps };
  },
  /** Counts devices that stay open after a recognizer with its own GPU could not load a model. */
  async openAfterFailure(): Promise<number> {
    const request = GPUAdapter.prototype.requestDevice;
    const devices: GPUDevice[] = [];
    GPUAdapter.prototype.requestDevice = async function (...args) {
      const device = await request.apply(this, args);
      devices.push(device);
      return device;
    };
    await createRecognizer({ expression: '/nowhere.onnx' }).catch(() => undefined);
    GPUAdapter.prototype.requestDevice = request;
    const gone = devices.map((device) => device.lost.then(() => true));
    const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 20_000));
    const closed = await Promise.all(gone.map((each) => Promise.race([each, late])));
    return devices.length ? closed.filter((isClosed) => !isClosed).length : -1;
  },
  /** Returns the messages of errors while models are loaded. */
  async loads(): Promise<string[]> {
    const message = (promise: Promise<unknown>) =>
      promise.then(
        () => 'nothing',
        (error: Error) => error.message,
      );
    const opened = await gpu;
    return Promise.all([
      message(loadOnnx('/nowhere.onnx')),
      message(loadOnnx('/package.json')),
      message(createRecognizer({ gpu: opened, expression: '/weights/face/blazeface-128.onnx' })),
      message(createRecognizer({ gpu: opened, detector: '/weights/expression.onnx' })),
    ]);
  },
  /** Returns the faces that a module worker finds in the photo. */
  async inWorker(): Promise<readonly Face[]> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    const picture = (await forms.ImageBitmap()) as ImageBitmap;
    const answer = await new Promise<{ faces?: readonly Face[]; error?: string }>((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => resolve({ error: event.message });
      worker.postMessage(picture, [picture]);
    });
    worker.terminate();
    if (!answer.faces) throw new Error(answer.error);
    return answer.faces;
  },
  /** Returns a recognizer's error after its device is destroyed. It must be the last test. */
  async afterLoss(): Promise<string> {
    const working = await recognizer;
    working.gpu.device.destroy();
    await working.gpu.lost;
    return working.recognize(await forms.ImageData()).then(
      () => 'nothing',
      (error: Error) => error.message,
    );
  },
};

export type InApiPage = typeof inApiPage;

declare global {
  interface Window {
    inApiPage: InApiPage;
  }
}
window.inApiPage = inApiPage;
