// Pictures of a page, and of a worker as far as there are any.
import type { PictureSource, WatchSource } from 'mien-gpu';

declare const video: HTMLVideoElement;
declare const image: HTMLImageElement;
declare const canvas: HTMLCanvasElement;
export const pictures: PictureSource[] = [video, image, canvas];
export const source: WatchSource = video;
// @ts-expect-error
export const wrong: PictureSource = document;
