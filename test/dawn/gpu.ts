import { openDawn } from '../../src/cli/dawn';
import { createGpu, type Gpu } from '../../src/gpu/gpu';

/** One device for all tests of a file. */
export async function openGpu(): Promise<Gpu> {
  return createGpu({ gpu: await openDawn() });
}
