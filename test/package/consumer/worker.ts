// Pictures of a worker, where the compiler knows no elements of pages.
import type { PictureSource, WatchSource } from 'mien-gpu';

declare global {
  // @webgpu/types uses this name, and workers don't have it.
  interface HTMLImageElement {}
}
declare const frame: VideoFrame;
declare const bitmap: ImageBitmap;
declare const canvas: OffscreenCanvas;
declare const stream: ReadableStream<VideoFrame>;
export const pictures: PictureSource[] = [frame, bitmap, canvas];
export const source: WatchSource = stream;
// @ts-expect-error
export const wrong: PictureSource = self;
