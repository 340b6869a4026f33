import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shippedModels } from '../models';
import { createRecognizer, type Recognizer } from '../vision/recognizer';
import type { Recognition } from '../vision/submit';
import { parse, usageError } from './command';
import { readBytes, reasonOf } from './files';
import { openGpu, progress } from './gpu';
import { loadSharp } from './parts';
import { PICTURE_FILES, readPicture } from './picture-file';
import { remembered } from './tuning-file';

export const usage = 'mien recognize PHOTO|FOLDER... [--json] [--no-detect] [--detector accurate|fast]';
export const about = 'Finds the faces in pictures and says what they express: a line for each face.';
export const operands = [
  ['PHOTO', 'a picture: JPEG, PNG, WebP, GIF, AVIF or TIFF'],
  ['FOLDER', 'all pictures in this folder and its subfolders; hidden files and linked folders are left out'],
] as const;
export const options = {
  json: { type: 'boolean', about: 'print a JSON object for each picture instead' },
  'no-detect': { type: 'boolean', about: 'take each whole picture as one face, and search for none' },
  detector: {
    type: 'string',
    value: 'accurate|fast',
    about: 'how faces are searched for: accurate (256 x 256 pixels, the default) or fast (128 x 128)',
  },
} as const;

/** Addresses of the shipped detectors. Both files are in the same folder. */
const detectors: Readonly<Record<string, () => URL>> = {
  accurate: shippedModels.detector,
  fast: () => new URL('blazeface-128.onnx', shippedModels.detector()),
};

/** The path of a picture file, or the error for a path without pictures. */
type Found = string | Error;

/**
 * Prints the faces and expressions in pictures. For a picture that can't be read, an error is printed on stderr, and
 * the other pictures are still recognised.
 * @throws UsageError if the arguments are wrong; Error if sharp, a model or the GPU is missing
 */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, { usage, options });
  const { detector = 'accurate', json } = values;
  if (!Object.hasOwn(detectors, detector))
    throw usageError(`--detector is ${detector}: accurate or fast is needed`, usage);
  if (!positionals.length) throw usageError('no picture is named', usage);
  await loadSharp(); // so that a missing package is reported once, not for each picture
  const found = (await Promise.all(positionals.map(findPictures))).flat();
  let [faces, failed] = [0, 0];
  let recognizer: Recognizer | undefined;
  for (const [i, each] of found.entries()) {
    const picture = typeof each === 'string' ? await readPicture(each).catch(asError) : each;
    // The GPU is opened only when a picture could be read.
    if (!(picture instanceof Error)) recognizer ??= await openRecognizer(detector);
    const result =
      picture instanceof Error
        ? picture
        : await recognizer!
            .analyse(picture, { detect: !values['no-detect'] })
            .catch((error: Error) => new Error(`${each}: ${error.message}`));
    if (found.length > 1) progress('picture', i + 1, found.length);
    if (result instanceof Error) {
      failed++;
      process.stderr.write(`mien: ${result.message}\n`);
    } else {
      faces += result.faces.length;
      const file = String(each);
      process.stdout.write(json ? `${JSON.stringify(asJson(file, result))}\n` : asText(file, result));
    }
  }
  recognizer?.destroy();
  recognizer?.gpu.destroy();
  if (failed) process.exitCode = 1;
  if (found.length > 1) process.stderr.write(`mien: ${summary(found.length, faces, failed)}\n`);
}

const asError = (error: Error): Error => error;

async function openRecognizer(name: string): Promise<Recognizer> {
  const [detector, expression] = await Promise.all(
    [detectors[name](), shippedModels.expression()].map((url) => readBytes(fileURLToPath(url))),
  );
  return createRecognizer({ gpu: await openGpu(), detector, expression, tuning: remembered });
}

/** Returns the path itself for a file, and the paths of the pictures for a folder. */
async function findPictures(path: string): Promise<Found[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
  } catch (error) {
    return [new Error(`${path}: ${reasonOf(error)}`)];
  }
  const found = await walk(path);
  return found.length ? found : [new Error(`${path}: this folder contains no pictures`)];
}

/** Returns the pictures below a folder, sorted by name. Links to folders are skipped, because they may form loops. */
async function walk(folder: string): Promise<Found[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(asError);
  if (entries instanceof Error) return [new Error(`${folder}: ${reasonOf(entries)}`)];
  const found: Found[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) found.push(...(await walk(path)));
    else if (PICTURE_FILES.test(entry.name) && (entry.isFile() || (await isLinkToFile(path))))
      found.push(path);
  }
  return found;
}

/** Whether a path is a link to a file. True for a broken link, so that reading it reports the error. */
const isLinkToFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (target) => target.isFile(),
    () => true,
  );

function summary(pictures: number, faces: number, failed: number): string {
  const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
  const found = `${counted(pictures, 'picture')}, ${counted(faces, 'face')}`;
  return failed ? `${found}, ${failed} could not be read` : found;
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
