/** The file with the tuning times of this machine's GPUs: one JSON file in the user's cache folder. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { KernelTimings, TuningStore } from '../network/tuning';

/** Path of the file with the tuning times. */
export const tuningFile = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mien', 'tuning.json');

/** Times by the name of the GPU. */
type File = Readonly<Record<string, KernelTimings>>;

/** Writes the file. The rename is atomic: if this process is stopped, or two processes write at once, it is not damaged. */
async function write(content: File): Promise<void> {
  const file = tuningFile();
  await mkdir(dirname(file), { recursive: true });
  const next = `${file}.${process.pid}`;
  await writeFile(next, JSON.stringify(content));
  await rename(next, file);
}

/** What the text of the file contains; undefined if it is damaged. */
function parsed(text: string): File | undefined {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content && !Array.isArray(content) ? (content as File) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the file. Returns no times if it is missing. A damaged file is replaced, and a line says so. */
async function read(): Promise<File> {
  const content = parsed(await readFile(tuningFile(), 'utf8').catch(() => '{}'));
  if (content) return content;
  const isReplaced = await write({}).then(
    () => true,
    () => false,
  );
  const outcome = isReplaced ? 'was replaced by an empty one' : "can't be replaced";
  process.stderr.write(
    `mien: ${tuningFile()}: the file is damaged and ${outcome}; mien tune measures again\n`,
  );
  return {};
}

/** Loads and saves tuning times in the file. */
export const fileStore: TuningStore = {
  load: async (adapter) => (await read())[adapter] ?? {},
  async save(adapter, timings) {
    const known = await read();
    await write({ ...known, [adapter]: { ...known[adapter], ...timings } });
  },
};

/** Tuning options for short commands: they measure nothing, and use the times that `mien tune` saved. */
export const remembered = { budget: 0, store: fileStore } as const;
