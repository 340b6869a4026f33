/** Where the command keeps what it learnt of this machine's GPU: one JSON file in the user's cache. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { KernelTimings, TuningStore } from '../network/tuning';

export const tuningFile = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mien', 'tuning.json');

type File = Readonly<Record<string, KernelTimings>>;

/** What can't be read counts as empty. */
const read = async (): Promise<File> => {
  const text = await readFile(tuningFile(), 'utf8').catch(() => '{}');
  try {
    return JSON.parse(text) as File;
  } catch {
    return {};
  }
};

export const fileStore: TuningStore = {
  load: async (adapter) => (await read())[adapter] ?? {},
  async save(adapter, timings) {
    const file = tuningFile();
    const known = await read();
    await mkdir(dirname(file), { recursive: true });
    // A process that is stopped meanwhile leaves the old file; two at once don't mix.
    const next = `${file}.${process.pid}`;
    await writeFile(next, JSON.stringify({ ...known, [adapter]: { ...known[adapter], ...timings } }));
    await rename(next, file);
  },
};

/** For commands that end too soon to gain by measuring: they use what `mien tune` found. */
export const remembered = { budget: 0, store: fileStore } as const;
