/** Converts pictures of every kind to a bind group that the frame kernel reads. */

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

/**
 * A picture in a bind group for the frame kernel. The bind group of a video is valid only until the end of the task
 * that created it, because external textures expire then.
 */
export interface BoundPicture {
  /** Whether the picture is a texture or an external texture. */
  readonly kind: PictureKind;
  /** Bind group 1 of the frame kernel. */
  readonly group: GPUBindGroup;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

/** Creates bind groups for pictures, and reuses textures and bind groups where possible. */
export interface Pictures {
  /**
   * Decodes or converts a picture if necessary. Returns the picture for `bind` and the kind for `bind`. The caller must
   * call `done` after it has submitted the picture.
   * @throws TypeError if `source` is not a picture; Error if it can't be decoded
   */
  prepare(source: PictureSource): Promise<{ picture: DecodedPicture; kind: PictureKind; done(): void }>;
  /**
   * Creates the bind group, without waiting.
   * @throws Error if the picture is empty, too large, can't be read, or has the wrong number of bytes for its size
   */
  bind(picture: DecodedPicture, kind: PictureKind): BoundPicture;
  /** Destroys the texture into which pictures are copied. */
  destroy(): void;
}

/** Creates bind groups for the pictures of one recognizer. */
export function createPictures({ device, bindPicture }: Gpu): Pictures {
  /** The texture into which pictures are copied. It is reused as long as the size stays the same. */
  let own: (BoundPicture & { readonly texture: GPUTexture }) | undefined;
  const groups = new WeakMap<GPUTexture, GPUBindGroup>(); // for the caller's textures
  /** Whether videos can be imported; else frames are copied (no import, or a software GPU). Set by the first video. */
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
      canImport = false; // the video has pixels, so the failure is due to the import
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
    // copyExternalImageToTexture requires RENDER_ATTACHMENT.
    usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT,
  });

function importable(device: GPUDevice, source: HTMLVideoElement | VideoFrame): boolean {
  try {
    device.importExternalTexture({ source });
    return true;
  } catch (error) {
    if ((error as Error).name === 'SecurityError') throw new Error(OTHER_ORIGIN);
    // Firefox has no importExternalTexture. Some browsers don't support it for this kind of picture or without a GPU.
    return false;
  }
}

const OTHER_ORIGIN =
  'the picture comes from another origin, which does not let this page read it: load it with crossorigin="anonymous" from a server that allows it';

const NO_COPY =
  'the WebGPU of this platform can only take { width, height, data }, a GPUTexture or ImageData (it has no copyExternalImageToTexture): decode the picture first';

/** Decodes a file, and rotates the picture as its EXIF data specifies. */
function decode(device: GPUDevice, file: Blob): Promise<ImageBitmap> {
  if (!device.queue.copyExternalImageToTexture || typeof createImageBitmap === 'undefined')
    return Promise.reject(new Error(NO_COPY));
  return createImageBitmap(file).catch(() => {
    const vector = file.type.startsWith('image/svg') ? '; draw an SVG on a canvas first' : '';
    throw new Error(
      `the file is not a picture that can be decoded here (${file.type || 'type unknown'}, ${file.size} bytes)${vector}`,
    );
  });
}

/**
 * Copies a picture, blended with black, into a texture of the same size.
 * @throws Error if the picture can't be read
 */
function copy(device: GPUDevice, source: Exclude<DecodedPicture, GPUTexture>, texture: GPUTexture): void {
  const { width, height } = texture;
  if (isPixels(source) && !hasOtherColors(source)) {
    device.queue.writeTexture({ texture }, opaqueBytes(source), { bytesPerRow: width * 4 }, [width, height]);
    return;
  }
  if (!device.queue.copyExternalImageToTexture) throw new Error(NO_COPY);
  try {
    const external = source as Exclude<typeof source, { data: unknown }>;
    // Multiplying the colours by alpha is the same as blending with black.
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

/** Whether a picture is ImageData in a colour space other than sRGB; the browser must convert it. */
const hasOtherColors = (source: object): boolean => 'colorSpace' in source && source.colorSpace !== 'srgb';
