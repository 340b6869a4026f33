import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { shippedModels } from '../models';
import { createRecognizer, type Recognition } from '../vision/recognizer';
import { readBytes } from './files';
import { openGpu, progress } from './gpu';
import { PICTURE_FILES, readPicture } from './picture-file';
import { remembered } from './tuning-file';

export const usage = 'mien recognize PHOTO|FOLDER... [--json] [--no-detect]';

/** Faces and expressions of pictures, a line a face; with --json, an object a picture. */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, 'no-detect': { type: 'boolean' } },
  });
  if (!positionals.length) throw new Error(`no picture is named; usage: ${usage}`);
  const files = (await Promise.all(positionals.map(picturesIn))).flat();
  // One bad picture of many is told and passed over; the first one is read before a GPU is looked for.
  let first = await readPicture(files[0]).catch((error: Error) => error);
  if (first instanceof Error && files.length === 1) throw first;
  const [detector, expression] = await Promise.all(
    [shippedModels.detector(), shippedModels.expression()].map((url) => readBytes(fileURLToPath(url))),
  );
  const gpu = await openGpu();
  const recognizer = await createRecognizer({ gpu, detector, expression, tuning: remembered });
  let failed = 0;
  for (const [i, file] of files.entries()) {
    try {
      const picture = i ? await readPicture(file) : first;
      if (picture instanceof Error) throw picture;
      const found = await recognizer.analyse(picture, { detect: !values['no-detect'] });
      process.stdout.write(values.json ? `${JSON.stringify(asJson(file, found))}\n` : asText(file, found));
    } catch (error) {
      failed++;
      process.stderr.write(`mien: ${(error as Error).message}\n`);
    }
    first = new Error('is read once');
    if (files.length > 1) progress('picture', i + 1, files.length);
  }
  recognizer.destroy();
  gpu.destroy();
  if (failed) process.exitCode = 1;
}

/** A file is itself; a folder its pictures, by name. */
async function picturesIn(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => {
    throw new Error(`${path}: there is no such file`);
  });
  if (!found.isDirectory()) return [path];
  const pictures = (await readdir(path)).filter((name) => PICTURE_FILES.test(name)).sort();
  if (!pictures.length) throw new Error(`${path}: no PNG or JPEG file is in this folder`);
  return pictures.map((name) => join(path, name));
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

function asJson(file: string, { width, height, faces }: Recognition) {
  return {
    ...{ file, width, height },
    faces: faces.map(({ box, score, label, scores }) => ({
      box: {
        x: round(box.x, 1),
        y: round(box.y, 1),
        width: round(box.width, 1),
        height: round(box.height, 1),
      },
      score: round(score, 4),
      label,
      scores: Object.fromEntries(Object.entries(scores).map(([name, value]) => [name, round(value, 4)])),
    })),
  };
}

function asText(file: string, { faces }: Recognition): string {
  if (!faces.length) return `${file}: no face\n`;
  return faces
    .map(({ box, label, scores, score }) => {
      const at = [box.x, box.y].map(Math.round).join(',');
      const size = [box.width, box.height].map(Math.round).join('x');
      return `${file}: ${label} ${(100 * scores[label]).toFixed(1)} %, face ${size} at ${at} (${score.toFixed(2)})\n`;
    })
    .join('');
}
