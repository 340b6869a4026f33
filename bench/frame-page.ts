/** Runs in the page: measures frames with 0, 1, 4 and 16 faces, one at a time and with `watch`. */

import {
  createGpu,
  createRecognizer,
  type PictureSource,
  type Recognition,
  type Recognizer,
  type StageName,
} from '../src';
import { median, type Percentiles, percentiles } from './statistics';

/** Options of the benchmark. */
export interface FrameOptions {
  /** Side of the detector's input in pixels. */
  readonly detector: 128 | 256;
  /** Kind of the frames: a VideoFrame for each, a bitmap that is copied, or a texture of the device. */
  readonly source: 'video' | 'bitmap' | 'texture';
  /** Number of measured frames for each number of faces. Default: 200, or 12 on a software adapter. */
  readonly frames?: number;
}

/** The results for one number of faces. */
export interface FrameRow {
  /** Number of faces in the picture. */
  readonly faces: number;
  /** Number of faces that the detector found. */
  readonly found: number;
  /** Frames per second with `watch`, with three frames in progress. */
  readonly framesPerSecond: number;
  /** Milliseconds from a frame to its labels, one frame at a time. */
  readonly latency: Percentiles;
  /** CPU time in milliseconds to bind the picture, record the frame and submit it, with `watch`. */
  readonly record: Percentiles;
  /** Median GPU time of each stage in milliseconds, if the GPU supports timestamp queries. */
  readonly stages?: Readonly<Record<StageName, number>>;
}

/** The results of the benchmark. */
export interface FrameResults {
  /** Name of the adapter. */
  readonly adapter: string;
  /** Whether it is a software adapter. */
  readonly software: boolean;
  /** Side of the detector's input in pixels. */
  readonly detector: number;
  /** Kind of the frames. */
  readonly source: string;
  /** Size of the picture in pixels. */
  readonly picture: readonly [width: number, height: number];
  /** Number of measured frames for each number of faces. */
  readonly frames: number;
  /** Milliseconds to load and compile the models. */
  readonly load: number;
  /** Milliseconds of the first frame after that. */
  readonly firstFrame: number;
  /** Milliseconds from the first frame until tuning is over. */
  readonly tuned: number;
  /** Number of dispatches in each stage. */
  readonly dispatches: Readonly<Record<StageName, number>>;
  /** Number of bytes read back per frame. */
  readonly bytesRead: number;
  /** A row for each number of faces. */
  readonly rows: readonly FrameRow[];
}

/** Side of the picture in pixels. */
const SIDE = 760;

/** Time limit of tuning in milliseconds, enough to time every variant even on a software adapter. */
const TUNING = 60_000;
/** Side of a face in pixels. */
const TILE = SIDE / 4;
/** Number of frames before the measurement. */
const WARM = 3;

/** Draws `count` copies of the face in the bundled photo on grey. Every second copy is mirrored. */
async function drawFaces(count: number): Promise<ImageBitmap> {
  const photo = await createImageBitmap(await (await fetch('/demo/astronaut.png')).blob());
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#6e6e6e';
  context.fillRect(0, 0, SIDE, SIDE);
  for (let i = 0; i < count; i++) {
    const [x, y] = [(i % 4) * TILE, Math.floor(i / 4) * TILE];
    context.setTransform(i % 2 ? -1 : 1, 0, 0, 1, i % 2 ? x + TILE : x, y);
    context.drawImage(photo, 130, 30, 190, 190, 0, 0, TILE, TILE);
  }
  return canvas.transferToImageBitmap();
}

/** Returns a function that returns the same picture at every call, as the kind of source that is measured. */
function createSource(
  device: GPUDevice,
  bitmap: ImageBitmap,
  kind: FrameOptions['source'],
): () => PictureSource {
  if (kind === 'bitmap') return () => bitmap;
  if (kind === 'video') {
    const frame = new VideoFrame(bitmap, { timestamp: 0 });
    return () => frame.clone();
  }
  const { TEXTURE_BINDING, COPY_DST, RENDER_ATTACHMENT } = GPUTextureUsage;
  const texture = device.createTexture({
    size: [SIDE, SIDE],
    format: 'rgba8unorm',
    usage: TEXTURE_BINDING | COPY_DST | RENDER_ATTACHMENT,
  });
  device.queue.copyExternalImageToTexture({ source: bitmap }, { texture }, [SIDE, SIDE]);
  return () => texture;
}

async function* times(count: number, next: () => PictureSource): AsyncGenerator<PictureSource> {
  for (let i = 0; i < count; i++) yield next();
}

async function measure(
  recognizer: Recognizer,
  next: () => PictureSource,
  faces: number,
  frames: number,
): Promise<FrameRow> {
  const one = async (stages: boolean): Promise<Recognition> => {
    const picture = next();
    const recognition = await recognizer.analyse(picture, { stages });
    if (picture instanceof VideoFrame) picture.close();
    return recognition;
  };
  for (let i = 0; i < WARM; i++) await one(i === 0);
  const alone: Recognition[] = [];
  for (let i = 0; i < frames; i++) alone.push(await one(false));
  const timed: Recognition[] = [];
  for (let i = 0; i < Math.min(frames, 30); i++) timed.push(await one(true));
  const flow: Recognition[] = [];
  const started = performance.now();
  for await (const frame of recognizer.watch(times(frames, next))) flow.push(frame);
  const elapsed = performance.now() - started;
  const stages = Object.keys(recognizer.frame.dispatches) as StageName[];
  return {
    faces,
    found: median(flow.map((frame) => frame.faces.length)),
    framesPerSecond: (1000 * frames) / elapsed,
    latency: percentiles(alone.map(({ timings }) => timings.total)),
    record: percentiles(flow.map(({ timings }) => timings.record)),
    stages: timed[0].timings.stages
      ? (Object.fromEntries(
          stages.map((name) => [name, median(timed.map(({ timings }) => timings.stages![name]))]),
        ) as Record<StageName, number>)
      : undefined,
  };
}

async function run(options: FrameOptions): Promise<FrameResults> {
  const gpu = await createGpu();
  const started = performance.now();
  const recognizer = await createRecognizer({
    gpu,
    detector: `/weights/face/blazeface-${options.detector}.onnx`,
    tuning: { budget: TUNING },
  });
  const loaded = performance.now();
  await recognizer.recognize(await drawFaces(1));
  const firstFrame = performance.now() - loaded;
  await recognizer.tuned;
  const tuned = performance.now() - loaded - firstFrame;
  const frames = options.frames ?? (gpu.isSoftware ? 12 : 200);
  const rows: FrameRow[] = [];
  for (const faces of [0, 1, 4, 16])
    rows.push(
      await measure(
        recognizer,
        createSource(gpu.device, await drawFaces(faces), options.source),
        faces,
        frames,
      ),
    );
  return {
    ...{ adapter: gpu.adapter, software: gpu.isSoftware, detector: options.detector, source: options.source },
    ...{ picture: [SIDE, SIDE], frames, load: loaded - started, firstFrame, tuned },
    ...{ dispatches: recognizer.frame.dispatches, bytesRead: recognizer.frame.bytesRead, rows },
  };
}

declare global {
  interface Window {
    runFrame: typeof run;
  }
}
window.runFrame = run;
