/** The kinds of pictures that are accepted, and the checks that reject others with a one-sentence reason. */

import type { Platform } from './dom';

/**
 * Pixels in RGBA order, 8 bits per channel, top row first: ImageData, or a decoded file in Node. The picture is blended
 * with black where it is transparent.
 */
export interface Pixels {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** `width * height * 4` bytes. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * A picture. Of a video or a canvas, the content at the time of the call is used. Pictures of every kind except
 * GPUTexture are blended with black where they are transparent; the alpha of a texture is ignored.
 *
 * A texture must belong to the recognizer's device, and have the dimension 2d and the usage TEXTURE_BINDING. Its format
 * must be rgba8unorm, bgra8unorm, rgb10a2unorm, rgba16float or rgba32float. A shader must read 0..1 from it for the
 * levels 0..255.
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

/** A picture that does not need decoding. */
export type DecodedPicture = Exclude<PictureSource, Blob>;

const KINDS =
  'a Blob (such as a File), ImageBitmap, ImageData, image, canvas, video, VideoFrame, GPUTexture, or { width, height, data } with bytes of RGBA';

/** Describes a wrong argument in a few words, for error messages. */
export const describe = (what: unknown): string => {
  if (typeof what === 'string') return `the text "${what.length > 40 ? `${what.slice(0, 40)}...` : what}"`;
  if (typeof what !== 'object' || !what) return String(what);
  const name = what.constructor?.name ?? 'Object';
  return name === 'Object'
    ? `an object with ${Object.keys(what).join(', ') || 'nothing in it'}`
    : `a ${name}`;
};

/** Whether `value` is an instance of a class that may not exist on this platform. */
const isA = <Name extends keyof typeof globalThis>(name: Name, value: unknown): boolean => {
  const type = globalThis[name] as unknown;
  return typeof type === 'function' && value instanceof type;
};

/** Whether a picture is a Blob, and therefore needs decoding. */
export const isBlob = (source: unknown): source is Blob => isA('Blob', source);

/** Whether a picture is a video or a VideoFrame. */
export const isVideo = (source: unknown): source is HTMLVideoElement | VideoFrame =>
  isA('HTMLVideoElement', source) || isA('VideoFrame', source);

/** Whether a picture is a GPUTexture. */
export const isTexture = (source: unknown): source is GPUTexture => isA('GPUTexture', source);

/** Whether a picture is ImageData or an object with `width`, `height` and `data`. */
export const isPixels = (source: DecodedPicture): source is Pixels => 'data' in source;

/** Whether a picture is a canvas, whose pixels may change after the call. */
export const isCanvas = (source: unknown): source is HTMLCanvasElement | OffscreenCanvas =>
  isA('HTMLCanvasElement', source) || isA('OffscreenCanvas', source);

/**
 * Checks the type of a picture.
 * @throws TypeError if it is not a picture; the message names its type and the accepted kinds
 */
export function checkPicture(source: unknown): asserts source is PictureSource {
  if (isBlob(source)) return;
  const isSized =
    typeof source === 'object' && source !== null && ['width', 'displayWidth'].some((name) => name in source);
  if (!isSized) throw new TypeError(`${describe(source)} is not a picture: ${KINDS} is needed`);
  if (!('data' in source)) {
    if (Object.getPrototypeOf(source) !== Object.prototype) return; // a class of the platform
    throw new TypeError(`${describe(source)} is not a picture: data, the bytes of RGBA, is missing`);
  }
  // The data of ImageData is bytes, except with the pixelFormat rgba-float16, where it is half floats.
  const { data } = source;
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray))
    throw new TypeError(
      `the picture's data is ${describe(data)}: bytes are needed, a Uint8Array or Uint8ClampedArray with levels 0..255`,
    );
}

/** Texture formats from which the frame kernel reads colours in 0..1. */
const FORMATS = ['rgba8unorm', 'bgra8unorm', 'rgb10a2unorm', 'rgba16float', 'rgba32float'];

/**
 * Checks that the frame kernel can read a texture.
 * @throws Error if it can't; the message names the unsuitable property
 */
export function checkTexture({
  format,
  usage,
  dimension,
  sampleCount,
  depthOrArrayLayers,
}: GPUTexture): void {
  if (!(usage & GPUTextureUsage.TEXTURE_BINDING))
    throw new Error('the texture was created without the usage TEXTURE_BINDING');
  if (dimension !== '2d' || sampleCount !== 1 || depthOrArrayLayers !== 1)
    throw new Error(
      `the texture is ${dimension}, of ${depthOrArrayLayers} layers and ${sampleCount} samples; 2d, 1 and 1 are needed`,
    );
  if (!FORMATS.includes(format)) {
    const why = format.endsWith('-srgb') ? ', which a shader reads as linear light and not as levels' : '';
    throw new Error(`the texture's format is ${format}${why}: one of ${FORMATS.join(', ')} is needed`);
  }
}

/**
 * Returns the size of a picture in pixels.
 * @throws Error if the picture is empty, or larger than the device's maxTextureDimension2D; the message names the sizes
 */
export function checkSize(device: GPUDevice, picture: DecodedPicture): [width: number, height: number] {
  const [width, height] = sizeOfPicture(picture);
  const most = device.limits.maxTextureDimension2D;
  if (!(width >= 1 && height >= 1))
    throw new Error(`${emptyName(picture)} is ${width} x ${height}: ${remedy(picture)}`);
  if (width > most || height > most)
    throw new Error(`the picture is ${width} x ${height}, but the GPU supports at most ${most} per side`);
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

/** Returns the width and the height of a picture in pixels, without checking them. */
export function sizeOfPicture(source: DecodedPicture): [width: number, height: number] {
  if ('videoWidth' in source) return [source.videoWidth, source.videoHeight];
  if ('naturalWidth' in source) return [source.naturalWidth, source.naturalHeight];
  if ('displayWidth' in source) return [source.displayWidth, source.displayHeight];
  return [Number(source.width), Number(source.height)];
}

/**
 * Blends a picture with black where it is transparent. Returns `data` itself if the picture is opaque.
 * @throws Error if `data` does not have `width * height * 4` bytes; the message names both numbers
 */
export function opaqueBytes({
  width,
  height,
  data,
}: Pixels): Uint8Array<ArrayBuffer> | Uint8ClampedArray<ArrayBuffer> {
  if (data.length !== width * height * 4)
    throw new Error(
      `${width} x ${height} pixels of RGBA are ${width * height * 4} bytes, but the picture has ${data.length}`,
    );
  let at = 3;
  while (at < data.length && data[at] === 255) at += 4;
  if (at >= data.length) return data as Uint8Array<ArrayBuffer>;
  const blended = new Uint8ClampedArray(data);
  for (let i = at - 3; i < blended.length; i += 4)
    for (let c = 0; c < 3; c++) blended[i + c] = (blended[i + c] * blended[i + 3]) / 255;
  return blended;
}
