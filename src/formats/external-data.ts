/** Adds weights that are in other files than the model. */

import type { ParsedOnnx } from './onnx';
import { bytesOf, type Source } from './source';

/**
 * Adds the tensors that are missing from a model. Each file is read once.
 * @param find returns a file by its path relative to the model
 * @throws if a file can't be read or is too short
 */
export async function addExternalData(
  missing: ParsedOnnx['missing'],
  find: (location: string) => Source | Promise<Source>,
): Promise<void> {
  for (const location of new Set(missing.map((tensor) => tensor.location))) {
    const data = await bytesOf(await find(location));
    for (const tensor of missing) if (tensor.location === location) tensor.add(data);
  }
}

/** The address of a file beside a model. @throws if the model has no address */
export function besides(model: Source, location: string): URL {
  if (typeof model === 'string' || model instanceof URL) {
    const base = globalThis.location?.href;
    const address = String(model);
    if (!address.startsWith('blob:') && URL.canParse(address, base))
      return new URL(location, new URL(address, base));
  }
  throw new Error(
    `its weights are in "${location}"; pass a function that returns this file as the third argument of loadOnnx`,
  );
}
