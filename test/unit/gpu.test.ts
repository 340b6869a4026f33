import { describe, expect, test, vi } from 'vitest';
import { driverOf, isSoftwareAdapter, nameOfAdapter } from '../../src/gpu/adapter';
import { createGpu } from '../../src/gpu/gpu';

const none = { vendor: '', architecture: '', device: '', description: '' };

describe('the name of an adapter', () => {
  test.each<[string, Parameters<typeof nameOfAdapter>[0], string, boolean]>([
    ['Chrome', { ...none, vendor: 'nvidia', architecture: 'ampere' }, 'nvidia ampere', false],
    ['SwiftShader', { ...none, vendor: 'google', architecture: 'swiftshader' }, 'google swiftshader', true],
    ['Firefox', none, 'GPU without a name', false],
    ['Firefox on the CPU', { ...none, isFallbackAdapter: true }, 'software adapter without a name', true],
    ['Deno', { vendor: 65541, device: 0, description: 'llvmpipe (LLVM 15)' }, 'llvmpipe (LLVM 15)', true],
    ['Deno without a description', { ...none, vendor: 0x10de, device: 0x2204 }, '0x10de 0x2204', false],
    ['nothing known', undefined, 'GPU without a name', false],
  ])('%s', (_, info, name, software) => {
    expect(nameOfAdapter(info)).toBe(name);
    expect(isSoftwareAdapter(info)).toBe(software);
  });
});

describe('createGpu', () => {
  /** A WebGPU with one adapter, which has this feature level. */
  const webGpuOf = (level: string | undefined, features: string[] = [], maxBufferSize = 1) => {
    const limits = { maxBufferSize };
    const device = { features: new Set(features), limits, lost: new Promise(() => undefined), destroy() {} };
    const adapter = { features: new Set<string>(), limits, info: none, requestDevice: async () => device };
    return {
      requestAdapter: async (options: GPURequestAdapterOptions) =>
        options.featureLevel === level ? adapter : null,
    } as unknown as GPU;
  };
  Object.assign(globalThis, { GPUShaderStage: { COMPUTE: 4 } });

  test('takes an adapter of the compatibility level if there is no other', async () => {
    expect((await createGpu({ gpu: webGpuOf('compatibility') })).adapter).toBe('GPU without a name');
  });

  test('says so if there is none at all', async () => {
    await expect(createGpu({ gpu: webGpuOf('other') })).rejects.toThrow('no adapter');
  });

  test('tells drivers and browsers of one adapter apart', () => {
    const driver = { vendor: 'nvidia', architecture: 'ampere', description: '550.1' };
    const texts = [driver, { ...driver, description: '560.2' }].map(driverOf);
    expect(new Set(texts).size).toBe(2);
    vi.stubGlobal('navigator', { userAgent: 'Chrome/999' });
    expect(driverOf(driver)).toBe('nvidia, ampere, 550.1, Chrome/999');
    vi.unstubAllGlobals();
  });

  test('tells adapters of one name apart by their features and limits', async () => {
    const gpus = [webGpuOf(undefined), webGpuOf(undefined, ['subgroups']), webGpuOf(undefined, [], 2)];
    const ids = await Promise.all(gpus.map(async (gpu) => (await createGpu({ gpu })).id));
    expect(new Set(ids).size).toBe(3);
  });
});
