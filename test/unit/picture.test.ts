import { expect, test } from 'vitest';
import type { Gpu } from '../../src/gpu/gpu';
import { createPictures } from '../../src/vision/picture';
import { describe as inWords, opaqueBytes } from '../../src/vision/picture-source';

/** A GPU as in Deno, whose queue has no copyExternalImageToTexture. */
const gpu = { device: { queue: {}, limits: { maxTextureDimension2D: 64 } } } as unknown as Gpu;

test('without copyExternalImageToTexture a file is refused, with what can be given instead', async () => {
  await expect(createPictures(gpu).prepare(new Blob(['x'], { type: 'image/png' }))).rejects.toThrow(
    /this platform can only take \{ width, height, data \}.*decode the picture first/,
  );
});

test('what was given is named', () => {
  expect(['/a.png', undefined, 7, {}, { width: 1 }, new Map()].map(inWords)).toEqual([
    ...[
      'the text "/a.png"',
      'undefined',
      '7',
      'an object with nothing in it',
      'an object with width',
      'a Map',
    ],
  ]);
});

test('opaque bytes are taken as they are, others are blended with black', () => {
  const opaque = Uint8Array.of(10, 20, 30, 255);
  expect(opaqueBytes({ width: 1, height: 1, data: opaque })).toBe(opaque);
  const half = Uint8Array.of(10, 20, 30, 255, 100, 200, 255, 51);
  expect([...opaqueBytes({ width: 2, height: 1, data: half })]).toEqual([10, 20, 30, 255, 20, 40, 51, 51]);
  expect([...half]).toEqual([10, 20, 30, 255, 100, 200, 255, 51]); // the caller's pixels are not changed
});
