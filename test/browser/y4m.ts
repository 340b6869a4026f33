import type { Pixels } from '../../src/vision/picture-source';

/**
 * Encodes pictures of the same size as YUV4MPEG2 (4:2:0, BT.601, levels 16 to 235). Width and height must be even. Each
 * picture is shown for one second.
 */
export function toY4m(pictures: readonly Pixels[], rate: number): Uint8Array {
  const [{ width, height }] = pictures;
  const text = (line: string) => new TextEncoder().encode(line);
  const parts: Uint8Array[] = [text(`YUV4MPEG2 W${width} H${height} F${rate}:1 Ip A1:1 C420\n`)];
  for (const { data } of pictures) {
    const [Y, U, V] = [width * height, (width * height) / 4, (width * height) / 4].map(
      (n) => new Uint8Array(n),
    );
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [r, g, b] = data.subarray((y * width + x) * 4);
        Y[y * width + x] = 16 + (65.481 * r + 128.553 * g + 24.966 * b) / 255;
        if (x % 2 || y % 2) continue;
        const at = ((y / 2) * width) / 2 + x / 2;
        U[at] = 128 + (-37.797 * r - 74.203 * g + 112 * b) / 255;
        V[at] = 128 + (112 * r - 93.786 * g - 18.214 * b) / 255;
      }
    for (let i = 0; i < rate; i++) parts.push(text('FRAME\n'), Y, U, V);
  }
  return Buffer.concat(parts);
}
