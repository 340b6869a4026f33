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

/** Reads the file. Returns no times if the file is missing or damaged. */
const read = async (): Promise<File> => {
  const text = await readFile(tuningFile(), 'utf8').catch(() => '{}');
  try {
    return JSON.parse(text) as File;
  } catch {
    return {};
  }
};

/** Loads and saves tuning times in the file. */
export const fileStore: TuningStore = {
  load: async (adapter) => (await read())[adapter] ?? {},
  async save(adapter, timings) {
    const file = tuningFile();
    const known = await read();
    await mkdir(dirname(file), { recursive: true });
    // The rename is atomic: if this process is stopped, or two processes write at once, the file is not damaged.
    const next = `${file}.${process.pid}`;
    await writeFile(next, JSON.stringify({ ...known, [adapter]: { ...known[adapter], ...timings } }));
    await rename(next, file);
  },
};

/** Tuning options for short commands: they measure nothing, and use the times that `mien tune` saved. */
export const remembered = { budget: 0, store: fileStore } as const;
