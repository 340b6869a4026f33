import type { Picture } from '../cases/case';
import { CROP_SIZE, type FrameOptions } from './frame';

/** picture, crops (B records) -> y (B,H,W,4). */
export function frame(o: FrameOptions, picture: Picture, crops: Float32Array): Float64Array {
  const { width, height, data } = picture;
  const pixel = (x: number, y: number, c: number) => data[(y * width + x) * 4 + c] / 255;
  const mix = (a: number, b: number, f: number) => a * (1 - f) + b * f;
  const sample = (px: number, py: number, c: number) => {
    if (o.border === 'black' && (px < 0 || py < 0 || px > width || py > height)) return 0;
    const x = Math.min(Math.max(px - 0.5, 0), width - 1);
    const y = Math.min(Math.max(py - 0.5, 0), height - 1);
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [x1, y1] = [Math.min(x0 + 1, width - 1), Math.min(y0 + 1, height - 1)];
    const top = mix(pixel(x0, y0, c), pixel(x1, y0, c), x - x0);
    return mix(top, mix(pixel(x0, y1, c), pixel(x1, y1, c), x - x0), y - y0);
  };
  const B = crops.length / CROP_SIZE;
  const result = new Float64Array(B * o.H * o.W * 4);
  for (let b = 0; b < B; b++) {
    const [a, bb, tx, n, c, d, ty] = crops.subarray(b * CROP_SIZE, (b + 1) * CROP_SIZE);
    for (let oy = 0; oy < o.H; oy++)
      for (let ox = 0; ox < o.W; ox++) {
        const colour = [0, 1, 2].map((channel) => {
          let sum = 0;
          for (let v = 0; v < n; v++)
            for (let u = 0; u < n; u++) {
              const x = ox + (u + 0.5) / n;
              const y = oy + (v + 0.5) / n;
              sum += sample(a * x + bb * y + tx, c * x + d * y + ty, channel);
            }
          return sum / (n * n);
        });
        const grey = (colour[0] + colour[1] + colour[2]) / 3;
        const values = o.grey ? [grey] : colour;
        values.forEach((v, channel) => {
          result[((b * o.H + oy) * o.W + ox) * 4 + channel] = o.scale * v + o.offset;
        });
      }
  }
  return result;
}
