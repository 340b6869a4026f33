/** Runs in the page: measures kernels on the browser's GPU. */

import { createGpu } from '../src';
import { type KernelOptions, type KernelResults, measureKernels } from './kernels';

const run = async (options: KernelOptions): Promise<KernelResults> =>
  measureKernels(await createGpu(), options);

declare global {
  interface Window {
    runKernels: typeof run;
  }
}
window.runKernels = run;
