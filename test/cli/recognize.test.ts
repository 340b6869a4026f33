import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { root } from '../fixtures';
import { mien, scratch } from './mien';

const out = scratch();
const astronaut = 'demo/astronaut.png';
const labels = ['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'];
const three = join(out, 'three.png');
const blank = join(out, 'blank.jpg');

/** Three of the astronaut on one canvas. */
beforeAll(() => {
  const one = PNG.sync.read(readFileSync(join(root, astronaut)));
  const canvas = new PNG({ width: 1100, height: 560 });
  canvas.data.fill(128);
  for (const [x, y] of [
    [0, 40],
    [300, 0],
    [600, 48],
  ])
    PNG.bitblt(one, canvas, 60, 0, 300, 400, x, y);
  writeFileSync(three, PNG.sync.write(canvas));
  const grey = Buffer.alloc(64 * 48 * 4, 120);
  writeFileSync(blank, encode({ width: 64, height: 48, data: grey }, 90).data);
});

describe('mien recognize', () => {
  test('finds the astronaut happy', async () => {
    const { status, stdout, stderr } = await mien('recognize', astronaut);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^demo\/astronaut\.png: happy \d+\.\d %, face \d+x\d+ at \d+,\d+ \(0\.\d\d\)\n$/);
  });

  test('--json: an object a picture, with boxes and seven scores', async () => {
    const { status, stdout } = await mien('recognize', '--json', astronaut, three, blank);
    expect(status).toBe(0);
    const [one, many, none] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(one).toMatchObject({ file: astronaut, width: 512, height: 512 });
    const [face] = one.faces;
    expect(face.label).toBe('happy');
    expect(Object.keys(face.scores)).toEqual(labels);
    expect(Object.values<number>(face.scores).reduce((a, b) => a + b)).toBeCloseTo(1, 2);
    // The face's middle, measured by hand in the picture, lies in the box.
    expect(face.box.x).toBeLessThan(224);
    expect(face.box.x + face.box.width).toBeGreaterThan(224);
    expect(face.box.y).toBeLessThan(120);
    expect(face.box.y + face.box.height).toBeGreaterThan(120);
    expect(many.faces.map(({ label }: { label: string }) => label)).toEqual(['happy', 'happy', 'happy']);
    expect(none.faces).toEqual([]);
  });

  test('a picture without a face says so; --no-detect takes it as one', async () => {
    expect((await mien('recognize', blank)).stdout).toBe(`${blank}: no face\n`);
    expect((await mien('recognize', '--no-detect', blank)).stdout).toMatch(/face 64x48 at 0,0/);
  });

  test('a bad picture in a folder is told, the others are recognised', async () => {
    const folder = join(out, 'folder');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.png'), 'no picture');
    writeFileSync(join(folder, 'b.png'), readFileSync(join(root, astronaut)));
    writeFileSync(join(folder, 'notes.txt'), 'not looked at');
    const { status, stdout, stderr } = await mien('recognize', folder);
    expect(status).toBe(1);
    expect(stdout).toMatch(/b\.png: happy/);
    expect(stderr).toMatch(/^mien: .*a\.png: is neither PNG nor JPEG\n$/);
  });

  test.each<[string, string[], RegExp]>([
    ['nothing', [], /no picture is named/],
    ['a missing file', ['missing.png'], /missing\.png: there is no such file/],
    ['a text', ['package.json'], /package\.json: is neither PNG nor JPEG/],
    ['an empty folder', [scratch()], /no PNG or JPEG file is in this folder/],
  ])('%s is refused in one line', async (_, args, message) => {
    const { status, stdout, stderr } = await mien('recognize', ...args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim()).not.toContain('\n');
  });

  test('a PNG cut short is refused', async () => {
    const file = join(out, 'cut.png');
    writeFileSync(file, readFileSync(join(root, astronaut)).subarray(0, 5000));
    const { status, stderr } = await mien('recognize', file);
    expect(status).toBe(1);
    expect(stderr).toMatch(/cut\.png: can't be decoded/);
  });

  test('help and unknown commands', async () => {
    expect((await mien()).stdout).toContain('mien recognize PHOTO|FOLDER...');
    expect((await mien('recognise')).stderr).toMatch(
      /unknown command recognise; there are recognize, evaluate, infer, svm-predict/,
    );
  });
});
