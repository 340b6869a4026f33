/** What can be recognised, and what is refused, each with the reason in one sentence. */

import type { Platform } from './dom';

/** RGBA, 8 bits a channel, rows from the top: ImageData, or a decoded file in Node. Transparent parts count as black. */
export interface Pixels {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** width x height x 4 bytes. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * A picture. A video or canvas is taken as it is at the time of the call. Transparent parts count as black, whatever
 * the kind; only a texture's alpha is not looked at. A texture must belong to the recognizer's own device, be 2d with
 * the usage TEXTURE_BINDING, and have one of the formats rgba8unorm, bgra8unorm, rgb10a2unorm, rgba16float and
 * rgba32float: what a shader reads of it is 0..1 for the levels 0..255.
 */
export type PictureSource =
  | Pixels
  | Blob
  | Platform<'ImageBitmap'>
  | Platform<'ImageData'>
  | Platform<'HTMLImageElement'>
  | Platform<'HTMLVideoElement'>
  | Platform<'HTMLCanvasElement'>
  | Platform<'OffscreenCanvas'>
  | Platform<'VideoFrame'>
  | GPUTexture;

/** A picture that needs no decoding. */
export type DecodedPicture = Exclude<PictureSource, Blob>;

const KINDS =
  'a Blob (such as a File), ImageBitmap, ImageData, image, canvas, video, VideoFrame, GPUTexture, or { width, height, data } with bytes of RGBA';

/** What was given instead of something else, in a few words. */
export const describe = (what: unknown): string => {
  if (typeof what === 'string') return `the text "${what.length > 40 ? `${what.slice(0, 40)}...` : what}"`;
  if (typeof what !== 'object' || !what) return String(what);
  const name = what.constructor?.name ?? 'Object';
  return name === 'Object'
    ? `an object with ${Object.keys(what).join(', ') || 'nothing in it'}`
    : `a ${name}`;
};

/** Whether `value` is an instance of a class that this platform may lack. */
const isA = <Name extends keyof typeof globalThis>(name: Name, value: unknown): boolean => {
  const type = globalThis[name] as unknown;
  return typeof type === 'function' && value instanceof type;
};

export const isBlob = (source: unknown): source is Blob => isA('Blob', source);

export const isVideo = (source: unknown): source is HTMLVideoElement | VideoFrame =>
  isA('HTMLVideoElement', source) || isA('VideoFrame', source);

export const isTexture = (source: unknown): source is GPUTexture => isA('GPUTexture', source);

/** Pixels or ImageData. */
export const isPixels = (source: DecodedPicture): source is Pixels => 'data' in source;

/** A picture whose pixels may change after the call. */
export const isCanvas = (source: unknown): source is HTMLCanvasElement | OffscreenCanvas =>
  isA('HTMLCanvasElement', source) || isA('OffscreenCanvas', source);

/** @throws TypeError if it is no picture, with what it is and what is accepted */
export function checkPicture(source: unknown): asserts source is PictureSource {
  if (isBlob(source)) return;
  const isSized =
    typeof source === 'object' && source !== null && ['width', 'displayWidth'].some((name) => name in source);
  if (!isSized) throw new TypeError(`${describe(source)} is no picture: ${KINDS} is needed`);
  if (!('data' in source)) {
    if (Object.getPrototypeOf(source) !== Object.prototype) return; // a class of the platform
    throw new TypeError(`${describe(source)} is no picture: data, the bytes of RGBA, is missing`);
  }
  // ImageData has bytes too, but half floats where its pixelFormat is rgba-float16.
  const { data } = source;
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray))
    throw new TypeError(
      `the picture's data is ${describe(data)}: bytes are needed, a Uint8Array or Uint8ClampedArray with levels 0..255`,
    );
}

/** Formats that the frame kernel reads as colours 0..1. */
const FORMATS = ['rgba8unorm', 'bgra8unorm', 'rgb10a2unorm', 'rgba16float', 'rgba32float'];

/** @throws if the frame kernel can't read it, with what it is */
export function checkTexture({
  format,
  usage,
  dimension,
  sampleCount,
  depthOrArrayLayers,
}: GPUTexture): void {
  if (!(usage & GPUTextureUsage.TEXTURE_BINDING))
    throw new Error('the texture lacks the usage TEXTURE_BINDING');
  if (dimension !== '2d' || sampleCount !== 1 || depthOrArrayLayers !== 1)
    throw new Error(
      `the texture is ${dimension}, of ${depthOrArrayLayers} layers and ${sampleCount} samples; 2d, 1 and 1 are needed`,
    );
  if (!FORMATS.includes(format)) {
    const why = format.endsWith('-srgb') ? ', which a shader reads as linear light and not as levels' : '';
    throw new Error(`the texture's format is ${format}${why}: one of ${FORMATS.join(', ')} is needed`);
  }
}

/** @throws if the picture has no pixels, or the device has no textures so large, with both numbers */
export function checkSize(device: GPUDevice, picture: DecodedPicture): [width: number, height: number] {
  const [width, height] = sizeOfPicture(picture);
  const most = device.limits.maxTextureDimension2D;
  if (!(width >= 1 && height >= 1))
    throw new Error(`${emptyName(picture)} is ${width} x ${height}: ${remedy(picture)}`);
  if (width > most || height > most)
    throw new Error(`the picture is ${width} x ${height}, the GPU takes at most ${most} a side`);
  return [width, height];
}

const emptyName = (picture: DecodedPicture): string => {
  if (isVideo(picture)) return 'the video';
  if (isA('HTMLImageElement', picture)) return 'the image';
  return isCanvas(picture) ? 'the canvas' : 'the picture';
};

function remedy(picture: DecodedPicture): string {
  if (isA('VideoFrame', picture)) return 'the VideoFrame is closed';
  if (isVideo(picture)) return 'it has no frame yet, wait for its event loadeddata';
  if (isA('HTMLImageElement', picture)) return 'wait for its decode(), or give an SVG a width and a height';
  return 'it has no pixels';
}

/** Width and height in pixels. */
export function sizeOfPicture(source: DecodedPicture): [width: number, height: number] {
  if ('videoWidth' in source) return [source.videoWidth, source.videoHeight];
  if ('naturalWidth' in source) return [source.naturalWidth, source.naturalHeight];
  if ('displayWidth' in source) return [source.displayWidth, source.displayHeight];
  return [Number(source.width), Number(source.height)];
}

/**
 * Checks the number of bytes and blends with black what is transparent.
 * @throws if pixels are missing or too many, with both numbers
 */
export function opaqueBytes({
  width,
  height,
  data,
}: Pixels): Uint8Array<ArrayBuffer> | Uint8ClampedArray<ArrayBuffer> {
  if (data.length !== width * height * 4)
    throw new Error(
      `${width} x ${height} pixels of RGBA are ${width * height * 4} bytes, the picture has ${data.length}`,
    );
  let at = 3;
  while (at < data.length && data[at] === 255) at += 4;
  if (at >= data.length) return data as Uint8Array<ArrayBuffer>;
  const blended = new Uint8ClampedArray(data);
  for (let i = at - 3; i < blended.length; i += 4)
    for (let c = 0; c < 3; c++) blended[i + c] = (blended[i + c] * blended[i + 3]) / 255;
  return blended;
}
