/** The npm packages with machine code that the command needs. They are loaded on first use. */

const REMEDY = 'run "npm install --global --include=optional mien-cli" again (in a checkout: "npm ci")';

/**
 * Loads a package.
 * @param task the purpose of the package, for example "which decodes pictures"
 * @throws Error, in one sentence with the remedy, if it is not installed or does not run on this platform
 */
async function loadPart<T>(name: string, task: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`);
    const [reason] = message.split('\n');
    const fault = isMissing
      ? 'is not installed'
      : `does not load on ${process.platform}-${process.arch} (${reason})`;
    throw new Error(`the npm package ${name}, ${task}, ${fault}: ${REMEDY}`);
  }
}

/** Loads sharp, which decodes pictures. @throws Error, in one sentence, if it can't be loaded */
export const loadSharp = async (): Promise<typeof import('sharp').default> =>
  (await loadPart('sharp', 'which decodes pictures', () => import('sharp'))).default;

/** Loads Dawn, which implements WebGPU in Node. @throws Error, in one sentence, if it can't be loaded */
export const loadDawn = (): Promise<typeof import('webgpu')> =>
  loadPart('webgpu', 'which reaches the GPU', () => import('webgpu'));
