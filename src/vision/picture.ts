/** Pictures of every kind -> a bind group that the frame kernel reads. */

import type { PictureKind } from '../../shaders/plan';
import type { Gpu } from '../gpu/gpu';
import type { Platform } from './dom';

/** RGBA, 8 bits a channel, rows from the top: ImageData, or a decoded file in Node. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * What can be recognised. A video or canvas is taken as it stands at the call. A texture is one of the recogniser's
 * own device, 2d, of a format that is read as floats (not sRGB: what is read should be 0..255 / 255), with the usage
 * TEXTURE_BINDING.
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

/** A picture bound for the frame kernel; of a video it dies with the task that bound it. */
export interface BoundPicture {
  readonly kind: PictureKind;
  readonly group: GPUBindGroup;
  readonly width: number;
  readonly height: number;
}

/** Decoded, or on its way to be: what can be bound at once. */
export type Bindable = Exclude<PictureSource, Blob>;

/** Binds pictures, and keeps what can serve again. */
export interface Pictures {
  /** What a picture must be turned into before it is bound, and the kind that it will be bound as. */
  prepare(source: PictureSource): Promise<{ picture: Bindable; kind: PictureKind; done(): void }>;
  /** Binds it, in the task of the call. @throws if it has no pixels, too many, or too few for its size, with both numbers */
  bind(picture: Bindable, kind: PictureKind): BoundPicture;
  destroy(): void;
}

export function createPictures({ device, bindPicture }: Gpu): Pictures {
  /** The texture that pictures are copied into is kept as long as their size stays. */
  let own: (BoundPicture & { readonly texture: GPUTexture }) | undefined;
  const groups = new WeakMap<GPUTexture, GPUBindGroup>(); // of the embedder's textures
  /** Known from the first video on: a browser that draws on the CPU can't import videos, nor copy from them. */
  let canImport: boolean | undefined;

  const ownOf = (width: number, height: number) => {
    if (own?.width === width && own.height === height) return own;
    own?.texture.destroy();
    own = undefined;
    const texture = createPictureTexture(device, width, height);
    own = {
      ...{ texture, kind: 'texture', width, height },
      group: bindPicture('texture', texture.createView()),
    };
    return own;
  };

  return {
    async prepare(source) {
      if (typeof Blob !== 'undefined' && source instanceof Blob) {
        const bitmap = await decode(source);
        return { picture: bitmap, kind: 'texture', done: () => bitmap.close() };
      }
      const picture = source as Bindable;
      if (!isPicture(picture)) throw new TypeError(`${describe(source)} is no picture`);
      if (!isVideo(picture)) return { picture, kind: 'texture', done() {} };
      checkSize(device, ...sizeOfPicture(picture));
      const isFirst = canImport === undefined;
      if (isFirst && importable(device, picture)) canImport = true;
      if (canImport) return { picture, kind: 'external', done() {} };
      const bitmap = await createImageBitmap(picture);
      canImport = false; // it has pixels, so it is the importing that fails
      return { picture: bitmap, kind: 'texture', done: () => bitmap.close() };
    },
    bind(picture, kind) {
      const [width, height] = sizeOfPicture(picture);
      checkSize(device, width, height);
      if (kind === 'external') {
        const source = picture as HTMLVideoElement | VideoFrame;
        const group = bindPicture(kind, device.importExternalTexture({ source }));
        return { kind, group, width, height };
      }
      if (isTexture(picture)) {
        checkTexture(picture);
        const group = groups.get(picture) ?? bindPicture(kind, picture.createView());
        groups.set(picture, group);
        return { kind, group, width, height };
      }
      const bound = ownOf(width, height);
      copy(device, picture, bound.texture);
      return bound;
    },
    destroy() {
      own?.texture.destroy();
    },
  };
}

/** @throws if the device has no textures so large, or the picture has no pixels, with both numbers */
function checkSize(device: GPUDevice, width: number, height: number): void {
  const most = device.limits.maxTextureDimension2D;
  if (!(width >= 1 && height >= 1))
    throw new Error(`the picture is ${width} x ${height}: it has no pixels yet`);
  if (width > most || height > most)
    throw new Error(`the picture is ${width} x ${height}, the GPU takes ${most} a side`);
}

/** @throws if the frame kernel can't read it, with what it is */
function checkTexture({ usage, dimension, sampleCount, depthOrArrayLayers }: GPUTexture): void {
  if (!(usage & GPUTextureUsage.TEXTURE_BINDING))
    throw new Error('the texture lacks the usage TEXTURE_BINDING');
  if (dimension !== '2d' || sampleCount !== 1 || depthOrArrayLayers !== 1)
    throw new Error(
      `the texture is ${dimension}, of ${depthOrArrayLayers} layers and ${sampleCount} samples; 2d, 1 and 1 are needed`,
    );
}

const createPictureTexture = (device: GPUDevice, width: number, height: number): GPUTexture =>
  device.createTexture({
    label: 'picture',
    size: [width, height],
    format: 'rgba8unorm',
    // copyExternalImageToTexture draws, so it wants RENDER_ATTACHMENT.
    usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT,
  });

function importable(device: GPUDevice, source: HTMLVideoElement | VideoFrame): boolean {
  try {
    device.importExternalTexture({ source });
    return true;
  } catch (error) {
    // Of another origin: no way in. Else the browser has no such import, or not of this kind, or not without a GPU.
    if ((error as Error).name === 'SecurityError') throw error;
    return false;
  }
}

/** All kinds have a width of some name. */
const isPicture = (source: unknown): boolean =>
  typeof source === 'object' && source !== null && ['width', 'displayWidth'].some((name) => name in source);

/** What was given instead of something else, in a few words. */
export const describe = (what: unknown): string =>
  typeof what === 'object' && what ? `a ${what.constructor?.name ?? 'thing'}` : String(what);

const isPixels = (source: PictureSource): source is Pixels =>
  'data' in source && ArrayBuffer.isView(source.data);

const isTexture = (source: PictureSource): source is GPUTexture =>
  typeof GPUTexture !== 'undefined' && source instanceof GPUTexture;

const isVideo = (source: PictureSource): source is HTMLVideoElement | VideoFrame =>
  (typeof HTMLVideoElement !== 'undefined' && source instanceof HTMLVideoElement) ||
  (typeof VideoFrame !== 'undefined' && source instanceof VideoFrame);

/** Decodes a file, turned as its EXIF says. */
const decode = (file: Blob): Promise<ImageBitmap> =>
  createImageBitmap(file).catch(() => {
    throw new Error(
      `the file is no picture that can be decoded here (${file.type || 'type unknown'}, ${file.size} bytes)`,
    );
  });

/** Width and height in pixels. */
export function sizeOfPicture(source: Bindable): [width: number, height: number] {
  if (typeof HTMLVideoElement !== 'undefined' && source instanceof HTMLVideoElement)
    return [source.videoWidth, source.videoHeight];
  if (typeof HTMLImageElement !== 'undefined' && source instanceof HTMLImageElement)
    return [source.naturalWidth, source.naturalHeight];
  if ('displayWidth' in source) return [source.displayWidth, source.displayHeight];
  return [Number(source.width), Number(source.height)];
}

/** Copies a picture into a texture of its size. @throws if pixels are missing, with both numbers */
function copy(device: GPUDevice, source: Exclude<Bindable, GPUTexture>, texture: GPUTexture): void {
  const { width, height } = texture;
  if (!isPixels(source)) {
    device.queue.copyExternalImageToTexture({ source }, { texture }, [width, height]);
    return;
  }
  if (source.data.length !== width * height * 4)
    throw new Error(
      `${width} x ${height} pixels of RGBA are ${width * height * 4} bytes, the picture has ${source.data.length}`,
    );
  const data = source.data as Uint8Array<ArrayBuffer>;
  device.queue.writeTexture({ texture }, data, { bytesPerRow: width * 4 }, [width, height]);
}
