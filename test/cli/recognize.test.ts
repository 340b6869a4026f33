import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { root } from '../fixtures';
import { mien, mienFromSources, scratch } from './mien';

const out = scratch();
const astronaut = 'demo/astronaut.png';
const labels = ['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'];
const three = join(out, 'three.png');
const blank = join(out, 'blank.jpg');

/** Creates a picture with three copies of the astronaut. */
beforeAll(async () => {
  const background = '#808080';
  const one = await sharp(join(root, astronaut))
    .extract({ left: 60, top: 0, width: 300, height: 400 })
    .toBuffer();
  const places = [
    [0, 40],
    [300, 0],
    [600, 48],
  ];
  await sharp({ create: { width: 1100, height: 560, channels: 3, background } })
    .composite(places.map(([left, top]) => ({ input: one, left, top })))
    .toFile(three);
  await sharp({ create: { width: 64, height: 48, channels: 3, background } }).toFile(blank);
});

describe('mien recognize', () => {
  test('finds the astronaut happy', async () => {
    const { status, stdout, stderr } = await mienFromSources('recognize', astronaut);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^demo\/astronaut\.png: happy \d+\.\d %, face \d+x\d+ at \d+,\d+ \(0\.\d\d\)\n$/);
  });

  test('--json: an object a picture, with boxes and seven scores; --detector', async () => {
    const { status, stdout, stderr } = await mien('recognize', '--json', astronaut, three, blank);
    expect([status, stderr]).toEqual([0, 'mien: 3 pictures, 4 faces\n']);
    const [one, many, none] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(one).toMatchObject({ file: astronaut, width: 512, height: 512 });
    const [face] = one.faces;
    expect(face.label).toBe('happy');
    expect(Object.keys(face.scores)).toEqual(labels);
    expect(Object.values<number>(face.scores).reduce((a, b) => a + b)).toBeCloseTo(1, 2);
    // The centre of the face, measured by hand in the picture, is inside the box.
    expect(face.box.x).toBeLessThan(224);
    expect(face.box.x + face.box.width).toBeGreaterThan(224);
    expect(face.box.y).toBeLessThan(120);
    expect(face.box.y + face.box.height).toBeGreaterThan(120);
    expect(many.faces.map(({ label }: { label: string }) => label)).toEqual(['happy', 'happy', 'happy']);
    expect(none.faces).toEqual([]);

    // The detector for 128 x 128 also finds the face, with a different box.
    const fast = await mien('recognize', '--json', '--detector', 'fast', astronaut);
    const [found] = JSON.parse(fast.stdout).faces;
    expect(found.label).toBe('happy');
    expect(found.box).not.toEqual(face.box);
    expect(Math.abs(found.box.x - face.box.x)).toBeLessThan(20);
  });

  test('--no-detect takes a picture as one face', async () => {
    const { stdout } = await mien('recognize', '--detector', 'fast', '--no-detect', blank);
    expect(stdout).toMatch(/face 64x48 at 0,0/);
  });

  test('a folder and its subfolders, by name; bad pictures are named, and the others are recognised', async () => {
    const folder = join(out, 'folder');
    mkdirSync(join(folder, 'b', 'deep'), { recursive: true });
    mkdirSync(join(folder, 'bare'));
    writeFileSync(join(folder, 'a.png'), 'no picture');
    writeFileSync(join(folder, 'b', 'deep', 'her.PNG'), readFileSync(join(root, astronaut)));
    writeFileSync(join(folder, 'c.jpg'), readFileSync(blank));
    writeFileSync(join(folder, 'notes.txt'), 'not looked at');
    writeFileSync(join(folder, '._c.jpg'), 'not looked at');
    symlinkSync(folder, join(folder, 'b', 'loop'));
    symlinkSync('nowhere.jpg', join(folder, 'd.jpg'));
    const { status, stdout, stderr } = await mien(
      'recognize',
      '--detector',
      'fast',
      folder,
      join(out, 'missing.png'),
    );
    expect(status).toBe(1);
    const lines = stdout.replaceAll(folder, '').trimEnd().split('\n');
    expect(lines).toEqual([expect.stringMatching(/^\/b\/deep\/her\.PNG: happy/), '/c.jpg: no face']);
    expect(stderr.replaceAll(out, '').trimEnd().split('\n')).toEqual([
      'mien: /folder/a.png: this is not a JPEG, PNG, WebP, GIF, AVIF or TIFF picture',
      'mien: /folder/d.jpg: the file does not exist',
      'mien: /missing.png: the file does not exist',
      'mien: 5 pictures, 1 face, 3 could not be read',
    ]);
  });

  test.concurrent.each<[string, number, string[], RegExp]>([
    ['nothing', 2, [], /no picture is named; usage: mien recognize/],
    ['an unknown option', 2, ['--jason', astronaut], /unknown option --jason; usage/],
    ['a value too many', 2, ['--json=yes', astronaut], /--json does not take a value; usage/],
    ['a detector unknown', 2, ['--detector', 'slow', astronaut], /--detector is slow: accurate or fast/],
    ['no detector', 2, ['--detector', '--json', astronaut], /--detector needs a value/],
    ['an option twice', 2, ['--json', '--json', astronaut], /--json is given twice/],
    ['a missing file', 1, ['missing.png'], /missing\.png: the file does not exist/],
    ['a text', 1, ['package.json'], /package\.json: this is not a JPEG, PNG,/],
    ['an empty folder', 1, [scratch()], /this folder contains no pictures/],
  ])('%s is refused in one line, exit %i', async (_, code, args, message) => {
    const { status, stdout, stderr } = await mien('recognize', ...args);
    expect([status, stdout]).toEqual([code, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim()).not.toContain('\n');
  });
});
