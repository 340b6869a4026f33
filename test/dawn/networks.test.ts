import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadOnnx } from '../../src/formats/load';
import type { Gpu } from '../../src/gpu/gpu';
import { compile } from '../../src/network/network';
import { netFixtures, refusals, root } from '../fixtures';
import { runNet } from '../run-net';
import { openGpu } from './gpu';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

const read = (path: string) => readFile(`${root}/${path}`);

test.each(netFixtures)('$name', (fixture) => runNet(gpu, fixture, read), 120_000);

test.each(refusals)('$model is refused', async ({ model, message }) => {
  const attempt = (async () => compile(await loadOnnx(await read(model), model), gpu, { batch: 3 }))();
  await expect(attempt).rejects.toThrow(new RegExp(message));
});
