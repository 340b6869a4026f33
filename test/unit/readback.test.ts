import { afterEach, expect, test, vi } from 'vitest';
import { createReadback } from '../../src/gpu/readback';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A device whose buffers are mapped only when the test says so. */
function fakeDevice() {
  const submissions: unknown[][] = [];
  let mapped: (error?: Error) => void = () => {};
  let made = 0;
  const device = {
    queue: { submit: (commands: unknown[]) => submissions.push(commands) },
    createBuffer: () => {
      made++;
      return {
        mapAsync: () =>
          new Promise<void>((resolve, reject) => {
            mapped = (error) => (error ? reject(error) : resolve());
          }),
        getMappedRange: () => new ArrayBuffer(16),
        unmap() {},
        destroy() {},
      };
    },
  };
  return {
    device: device as unknown as GPUDevice,
    submissions,
    map: (error?: Error) => mapped(error),
    made: () => made,
  };
}

const encoder = { copyBufferToBuffer() {} } as unknown as GPUCommandEncoder;
const source = { buffer: {} as GPUBuffer, bytes: 16 };
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('Firefox is nudged with empty submissions while a buffer is being mapped, and no longer', async () => {
  vi.stubGlobal('GPUBufferUsage', { MAP_READ: 1, COPY_DST: 8 });
  vi.stubGlobal('GPUMapMode', { READ: 1 });
  vi.stubGlobal('navigator', {
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  });
  for (const error of [undefined, new Error('lost')]) {
    const { device, submissions, map } = fakeDevice();
    const reading = createReadback(device, 'test', 16).record(encoder, [source]).read();
    while (submissions.length < 3) await wait(1);
    map(error);
    await (error ? expect(reading).rejects.toThrow('lost') : reading);
    const before = submissions.length;
    await wait(10);
    expect(submissions.length).toBe(before);
    expect(submissions.flat()).toEqual([]);
  }
});

test('other browsers are not, and slots serve again', async () => {
  vi.stubGlobal('GPUBufferUsage', { MAP_READ: 1, COPY_DST: 8 });
  vi.stubGlobal('GPUMapMode', { READ: 1 });
  const { device, submissions, map, made } = fakeDevice();
  const readback = createReadback(device, 'test', 16, 2);
  for (let round = 0; round < 3; round++) {
    const reading = readback.record(encoder, [source]).read();
    await wait(5);
    map();
    expect((await reading).byteLength).toBe(16);
  }
  expect(submissions).toEqual([]);
  expect(made()).toBe(2);
});
