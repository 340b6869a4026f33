/** Runs in the page: runs the cases and the networks on one device. */

import { allCases } from '../../shaders/cases/all-cases';
import { compile, createGpu, type Gpu, loadOnnx } from '../../src';
import { runCase } from '../run-case';
import { type NetFixture, runNet } from '../run-net';

const read = async (url: string): Promise<Uint8Array> => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

/** One device for all tests, because many devices in one page may crash Chrome with SwiftShader. */
let opened: Promise<Gpu> | undefined;
const gpu = (): Promise<Gpu> => {
  opened ??= createGpu();
  return opened;
};

const inPage = {
  adapter: async () => (await gpu()).adapter,
  async runCase(kernel: string, name: string) {
    const test = allCases.find((k) => k.kernel === kernel)?.cases.find((c) => c.name === name);
    if (!test) throw new Error(`there is no case ${name} of ${kernel}`);
    await runCase(await gpu(), kernel, test);
  },
  /** Runs cases of a kernel, small cases first, until each variant has run. Returns the variants. */
  async runVariants(kernel: string): Promise<string[]> {
    const cases = allCases.find((k) => k.kernel === kernel)?.cases ?? [];
    const small = cases.filter(({ timed }) => !timed);
    const seen = new Set<string>();
    for (const test of [...small, ...cases.filter(({ timed }) => timed === 'phone')]) {
      const built = test.build();
      const { ranked } = built.candidates;
      if (ranked.every(({ variant }) => seen.has(variant))) continue;
      await runCase(await gpu(), kernel, { name: test.name, build: () => built });
      for (const { variant } of ranked) seen.add(variant);
    }
    return [...seen];
  },
  async runNet(fixture: NetFixture) {
    await runNet(await gpu(), fixture, (path) => read(`/${path}`));
  },
  /** Returns the message with which a model is rejected. */
  async refusal(model: string): Promise<string> {
    const attempt = loadOnnx(await read(`/${model}`), model).then(async (graph) =>
      compile(graph, await gpu(), { batch: 3 }),
    );
    return attempt.then(
      () => 'nothing',
      (error: Error) => error.message,
    );
  },
};

export type InPage = typeof inPage;

declare global {
  interface Window {
    inPage: InPage;
  }
}
window.inPage = inPage;
