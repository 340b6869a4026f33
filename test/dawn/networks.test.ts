import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, test } from 'vitest';
import type { Gpu } from '../../src/gpu/gpu';
import { netFixtures, root } from '../fixtures';
import { runNet } from '../run-net';
import { openGpu } from './gpu';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

test.each(netFixtures)('$name', (fixture) => runNet(gpu, fixture, (path) => readFile(`${root}/${path}`)));
