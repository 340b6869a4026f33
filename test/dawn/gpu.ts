import { openDawn } from '../../src/cli/dawn';
import { createGpu, type Gpu } from '../../src/gpu/gpu';

/** Opens a device, which all tests of a file share. */
export async function openGpu(): Promise<Gpu> {
  return createGpu({ gpu: await openDawn() });
}
