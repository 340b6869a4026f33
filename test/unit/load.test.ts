import { pathToFileURL } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { loadLibsvm, loadOnnx } from '../../src/formats/load';
import { loadModels, shippedModels } from '../../src/models';
import { root } from '../fixtures';

afterEach(() => vi.unstubAllGlobals());

const answer = (response: Response) => vi.stubGlobal('fetch', async () => response);

test('a file: address is read without fetch, as a URL or a text', async () => {
  vi.stubGlobal('fetch', () => {
    throw new Error('fetch was called');
  });
  const url = shippedModels.detector('fast');
  expect(url.protocol).toBe('file:');
  expect((await loadOnnx(url)).inputs[0].shape).toEqual([1, 128, 128, 3]);
  expect((await loadOnnx(url.href)).nodes.length).toBeGreaterThan(0);
});

test('a file that is not there is named', async () => {
  const url = pathToFileURL(`${root}/nowhere.onnx`);
  await expect(loadOnnx(url)).rejects.toThrow(/^file:.*nowhere\.onnx: can't be read: ENOENT/);
  await expect(loadLibsvm(url)).rejects.toThrow(/^file:.*nowhere\.onnx: can't be read: ENOENT/);
});

test('where there is no process, fetch reads file: addresses', async () => {
  vi.stubGlobal('process', undefined);
  answer(new Response('', { status: 404, statusText: 'Not Found' }));
  await expect(loadOnnx('file:///a.onnx')).rejects.toThrow(
    /^file:\/\/\/a\.onnx: the server answers 404 Not Found instead of a model$/,
  );
});

test('the shipped detectors are chosen by name', async () => {
  const sizeOf = async (detector?: 'accurate' | 'fast') =>
    (await loadModels({ detector }))[0].inputs[0].shape.slice(1, 3);
  expect(await sizeOf()).toEqual([256, 256]);
  expect(await sizeOf('accurate')).toEqual([256, 256]);
  expect(await sizeOf('fast')).toEqual([128, 128]);
  const [, expression] = await loadModels({ detector: shippedModels.detector('fast') });
  expect(expression.nodes.at(-1)?.op).toBe('SVMClassifier');
});

test.each([
  [
    new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
    'answers with a page (text/html)',
  ],
  [new Response('', { status: 404, statusText: 'Not Found' }), 'answers 404 Not Found'],
])(
  'an error for a shipped model says what to do, one for another model does not',
  async (response, words) => {
    vi.stubGlobal('process', undefined);
    answer(response.clone());
    const remedy =
      /\. Vite's development server .* optimizeDeps: \{ exclude: \['mien-gpu'\] \}; .* detector and/;
    const shipped = await loadModels({}).catch((error: Error) => error.message);
    expect(shipped).toContain(`the server ${words} instead of a model`);
    expect(shipped).toMatch(remedy);
    answer(response.clone());
    const own = await loadOnnx('/own.onnx').catch((error: Error) => error.message);
    expect(own).toContain(`/own.onnx: the server ${words} instead of a model`);
    expect(own).not.toMatch(remedy);
  },
);
