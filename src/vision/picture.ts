/** Pictures of every kind -> a bind group that the frame kernel reads. */

import type { PictureKind } from '../../shaders/plan/plan';
import type { Gpu } from '../gpu/gpu';
import {
  checkPicture,
  checkSize,
  checkTexture,
  type DecodedPicture,
  isBlob,
  isCanvas,
  isPixels,
  isTexture,
  isVideo,
  opaqueBytes,
  type PictureSource,
} from './picture-source';

/** A picture bound for the frame kernel; that of a video is valid until the end of the task that bound it. */
export interface BoundPicture {
  readonly kind: PictureKind;
  readonly group: GPUBindGroup;
  readonly width: number;
  readonly height: number;
}

/** Binds pictures, and keeps what can be used again. */
export interface Pictures {
  /**
   * What a picture must be turned into before it is bound, and the kind that it will be bound as. The caller calls
   * `done` when it has submitted the picture.
   * @throws if it is no picture, or can't be decoded
   */
  prepare(source: PictureSource): Promise<{ picture: DecodedPicture; kind: PictureKind; done(): void }>;
  /** Binds it, in the task of the call. @throws if it has no pixels, too many, or too few for its size, with both numbers */
  bind(picture: DecodedPicture, kind: PictureKind): BoundPicture;
  destroy(): void;
}

export function createPictures({ device, bindPicture }: Gpu): Pictures {
  /** The texture that pictures are copied into is kept as long as their size stays the same. */
  let own: (BoundPicture & { readonly texture: GPUTexture }) | undefined;
  const groups = new WeakMap<GPUTexture, GPUBindGroup>(); // of the embedder's textures
  /** Known from the first video on: a browser without the import, or one that draws on the CPU, copies its frames. */
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
      checkPicture(source);
      if (isBlob(source)) {
        const bitmap = await decode(device, source);
        return { picture: bitmap, kind: 'texture', done: () => bitmap.close() };
      }
      if (!isVideo(source)) return { picture: source, kind: 'texture', done() {} };
      checkSize(device, source);
      const isFirst = canImport === undefined;
      if (isFirst && importable(device, source)) canImport = true;
      if (canImport) return { picture: source, kind: 'external', done() {} };
      const bitmap = await createImageBitmap(source);
      canImport = false; // it has pixels, so it is the importing that fails
      return { picture: bitmap, kind: 'texture', done: () => bitmap.close() };
    },
    bind(picture, kind) {
      const [width, height] = checkSize(device, picture);
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

const createPictureTexture = (device: GPUDevice, width: number, height: number): GPUTexture =>
  device.createTexture({
    label: 'picture',
    size: [width, height],
    format: 'rgba8unorm',
    // copyExternalImageToTexture draws, so it needs RENDER_ATTACHMENT.
    usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT,
  });

function importable(device: GPUDevice, source: HTMLVideoElement | VideoFrame): boolean {
  try {
    device.importExternalTexture({ source });
    return true;
  } catch (error) {
    if ((error as Error).name === 'SecurityError') throw new Error(OTHER_ORIGIN);
    // Firefox has no such import, and some browsers not for this kind, or not without a GPU.
    return false;
  }
}

const OTHER_ORIGIN =
  'the picture comes from another origin, which does not let this page read it: load it with crossorigin="anonymous" from a server that allows it';

const NO_COPY =
  'the WebGPU of this platform can only take { width, height, data }, a GPUTexture or ImageData (it has no copyExternalImageToTexture): decode the picture first';

/** Decodes a file and turns it upright, as its EXIF says. */
function decode(device: GPUDevice, file: Blob): Promise<ImageBitmap> {
  if (!device.queue.copyExternalImageToTexture || typeof createImageBitmap === 'undefined')
    return Promise.reject(new Error(NO_COPY));
  return createImageBitmap(file).catch(() => {
    const vector = file.type.startsWith('image/svg') ? '; draw an SVG on a canvas first' : '';
    throw new Error(
      `the file is no picture that can be decoded here (${file.type || 'type unknown'}, ${file.size} bytes)${vector}`,
    );
  });
}

/** Copies a picture into a texture of its size, blended with black. @throws if it can't be read, in one sentence */
function copy(device: GPUDevice, source: Exclude<DecodedPicture, GPUTexture>, texture: GPUTexture): void {
  const { width, height } = texture;
  if (isPixels(source) && !hasOtherColors(source)) {
    device.queue.writeTexture({ texture }, opaqueBytes(source), { bytesPerRow: width * 4 }, [width, height]);
    return;
  }
  if (!device.queue.copyExternalImageToTexture) throw new Error(NO_COPY);
  try {
    const external = source as Exclude<typeof source, { data: unknown }>;
    // Colours that are multiplied by their alpha are blended with black.
    const to = { texture, premultipliedAlpha: true };
    device.queue.copyExternalImageToTexture({ source: external }, to, [width, height]);
  } catch (error) {
    if ((error as Error).name === 'SecurityError') throw new Error(OTHER_ORIGIN);
    throw new Error(
      isCanvas(source)
        ? "the canvas can't be read: nothing was drawn on it, or its context was lost"
        : `the picture can't be read: ${(error as Error).message}`,
    );
  }
}

/** ImageData of another colour space than sRGB, which the browser converts. */
const hasOtherColors = (source: object): boolean => 'colorSpace' in source && source.colorSpace !== 'srgb';
