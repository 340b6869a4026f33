import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isFirefox, type OpenPage, openPage } from '../../scripts/open-page';

let open: OpenPage;
beforeAll(async () => {
  open = await openPage('test/browser/page.html?api-page', ['--autoplay-policy=no-user-gesture-required']);
  await open.page.waitForFunction('window.inApiPage');
});
afterAll(() => open?.close());

const FORMS = [
  ...[
    'Blob',
    'ImageBitmap',
    'HTMLImageElement',
    'HTMLCanvasElement',
    'OffscreenCanvas',
    'ImageData',
    'VideoFrame',
  ],
  'HTMLVideoElement',
];

describe('the astronaut is happy', () => {
  test('every form is tried', async () => {
    expect([...(await open.page.evaluate(() => window.inApiPage.forms))].sort()).toEqual([...FORMS].sort());
  });

  test.each(FORMS)('as %s', async (form) => {
    const faces = await open.page.evaluate((f) => window.inApiPage.recognize(f), form);
    expect(faces.length).toBe(1);
    const [{ label, score, scores, box, keypoints }] = faces;
    expect(label).toBe('happy');
    expect(score).toBeGreaterThan(0.5);
    expect(Object.values(scores).reduce((a, b) => a + b)).toBeCloseTo(1, 4);
    expect(Object.keys(scores)).toEqual(['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise']);
    for (const { x, y } of keypoints) {
      expect(Math.abs(x - box.x - box.width / 2)).toBeLessThan(box.width);
      expect(Math.abs(y - box.y - box.height / 2)).toBeLessThan(box.height);
    }
  });

  test('in calls that overlap', async () => {
    expect(await open.page.evaluate(() => window.inApiPage.overlapping())).toEqual([
      'happy',
      'happy',
      'happy',
    ]);
  });

  test('in a module worker', async () => {
    const [face] = await open.page.evaluate(() => window.inApiPage.inWorker());
    expect(face.label).toBe('happy');
  });
});

test.each<[Parameters<Window['inApiPage']['refusal']>[0], RegExp]>([
  ['empty video', /the video is 0 x 0: it has no frame yet/],
  ['no picture', /not a picture that can be decoded here \(text\/plain, 10 bytes\)/],
  ['too few pixels', /4 x 4 pixels of RGBA are 64 bytes, but the picture has 63/],
  ['too large', /100000 x 1, but the GPU supports at most \d+ per side/],
  // Firefox treats such a canvas as a transparent picture, in which no face is found.
  ['canvas without a context', isFirefox ? /^nothing$/ : /the canvas can't be read: nothing was drawn on it/],
  ['half floats', /the picture's data is a Float32Array: bytes are needed/],
  ['address', /the text "\/demo\/astronaut.png" is not a picture: a Blob .* is needed/],
])('%s is refused', async (kind, message) => {
  expect(await open.page.evaluate((k) => window.inApiPage.refusal(k), kind)).toMatch(message);
});

test('a transparent picture gives the same as Blob, image, canvas and ImageData', async () => {
  const [blob, ...others] = await open.page.evaluate(() => window.inApiPage.transparent());
  expect(blob.length).toBe(1);
  for (const other of others) {
    expect(other.map(({ label }) => label)).toEqual(blob.map(({ label }) => label));
    // Browsers round blended colours to integer levels in different ways.
    expect(Math.abs(other[0].score - blob[0].score)).toBeLessThan(0.02);
  }
});

test('a wholly transparent picture shows nobody, whatever its kind', async () => {
  const found = await open.page.evaluate(() => window.inApiPage.transparent(0));
  expect(found.map(({ length }) => length)).toEqual([0, 0, 0, 0]);
});

test('models that are not there, or of another kind, are refused', async () => {
  const [missing, text, noSvm, noDetector] = await open.page.evaluate(() => window.inApiPage.loads());
  expect(missing).toMatch(/nowhere\.onnx/);
  expect(text).toMatch(/package\.json: not an ONNX file/);
  expect(noSvm).toMatch(/expression: the model's outputs are .*exactly one must be \(N,classes\)/);
  expect(noDetector).toMatch(/detector: the model's inputs are "x" \(N,1,48,48\)/);
});

test('all that was made on the GPU is freed', async () => {
  const { before, atWork, after, failed } = await open.page.evaluate(() => window.inApiPage.leaks());
  expect(atWork).toBeGreaterThan(10);
  expect([after, failed]).toEqual([before, before]);
});

test('what was timed is known at the next start', async () => {
  expect(await open.page.evaluate(() => window.inApiPage.remembersTimings())).toEqual({
    ...{ first: false, second: true, same: true },
  });
});

test('a GPU of its own is closed when a model fails to load', async () => {
  expect(await open.page.evaluate(() => window.inApiPage.openAfterFailure())).toBe(0);
});

test('after the device is lost, one error says so', async () => {
  expect(await open.page.evaluate(() => window.inApiPage.afterLoss())).toMatch(
    /the GPU is lost \(destroyed\)/,
  );
});
