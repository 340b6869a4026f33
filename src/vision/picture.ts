/** Pictures of every kind -> a texture that the frame kernel reads. */

/** RGBA, 8 bits a channel, rows from the top: ImageData, or a decoded file in Node. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** What can be recognised. A video or canvas is taken as it stands at the call. */
export type PictureSource =
  | Pixels
  | Blob
  | ImageBitmap
  | ImageData
  | HTMLImageElement
  | HTMLVideoElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | VideoFrame;

type Drawable = Exclude<PictureSource, Pixels | Blob>;

/** A texture that is kept from picture to picture as long as their size stays. */
export interface PictureTexture {
  readonly texture: GPUTexture;
  readonly view: GPUTextureView;
  readonly width: number;
  readonly height: number;
}

/** Makes a texture of a size. @throws if the device has no textures so large, with both numbers */
export function createPictureTexture(device: GPUDevice, width: number, height: number): PictureTexture {
  const most = device.limits.maxTextureDimension2D;
  if (!(width >= 1 && height >= 1))
    throw new Error(`the picture is ${width} x ${height}: it has no pixels yet`);
  if (width > most || height > most)
    throw new Error(`the picture is ${width} x ${height}, the GPU takes ${most} a side`);
  const texture = device.createTexture({
    label: 'picture',
    size: [width, height],
    format: 'rgba8unorm',
    // copyExternalImageToTexture draws, so it wants RENDER_ATTACHMENT.
    usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT,
  });
  return { texture, view: texture.createView(), width, height };
}

const isPixels = (source: PictureSource): source is Pixels =>
  'data' in source && ArrayBuffer.isView(source.data);

/** Blobs are decoded, turned as their EXIF says; the rest is taken as it is. */
export async function decoded(source: PictureSource): Promise<Exclude<PictureSource, Blob>> {
  if (!(typeof Blob !== 'undefined' && source instanceof Blob)) return source as Exclude<PictureSource, Blob>;
  return createImageBitmap(source).catch(() => {
    throw new Error(
      `the file is no picture that can be decoded here (${source.type || 'type unknown'}, ${source.size} bytes)`,
    );
  });
}

/** Width and height in pixels. */
export function sizeOfPicture(source: Exclude<PictureSource, Blob>): [width: number, height: number] {
  if (typeof HTMLVideoElement !== 'undefined' && source instanceof HTMLVideoElement)
    return [source.videoWidth, source.videoHeight];
  if (typeof HTMLImageElement !== 'undefined' && source instanceof HTMLImageElement)
    return [source.naturalWidth, source.naturalHeight];
  if ('displayWidth' in source) return [source.displayWidth, source.displayHeight];
  return [Number(source.width), Number(source.height)];
}

/** Copies the picture into its texture. @throws if pixels are missing, with both numbers */
export async function uploadPicture(
  device: GPUDevice,
  source: Exclude<PictureSource, Blob>,
  { texture, width, height }: PictureTexture,
): Promise<void> {
  if (isPixels(source)) {
    if (source.data.length !== width * height * 4)
      throw new Error(
        `${width} x ${height} pixels of RGBA are ${width * height * 4} bytes, the picture has ${source.data.length}`,
      );
    const data = source.data as Uint8Array<ArrayBuffer>;
    device.queue.writeTexture({ texture }, data, { bytesPerRow: width * 4 }, [width, height]);
    return;
  }
  const copy = (drawable: Drawable) =>
    device.queue.copyExternalImageToTexture({ source: drawable }, { texture }, [width, height]);
  try {
    copy(source as Drawable);
  } catch (error) {
    // Chrome on software adapters can't copy from videos, but from a bitmap of one.
    if ((error as Error).name !== 'OperationError') throw error;
    const bitmap = await createImageBitmap(source as Drawable);
    copy(bitmap);
    bitmap.close();
  }
}
