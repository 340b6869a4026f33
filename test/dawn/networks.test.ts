import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, test } from 'vitest';
import type { Gpu } from '../../src/gpu/gpu';
import { type NetFixture, runNet } from '../run-net';
import { openGpu } from './gpu';

const folder = new URL('../fixtures/nets/', import.meta.url);
const fixtures: NetFixture[] = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8'));

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

test.each(fixtures)('$name', (fixture) => runNet(gpu, fixture, (file) => readFile(new URL(file, folder))));
