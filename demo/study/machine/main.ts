/** The page that introduces the machine: opens the GPU and runs the experiments, one after the other. */

import { createGpu, type Gpu } from '../../../src/gpu/gpu';
import { WGSL_FOR_TYPESCRIPT } from '../../../study/wgsl-for-typescript';
import { find, html } from '../../elements';
import { barrier } from './barrier';
import { dispatch } from './dispatch';
import { divergence } from './divergence';
import { type Mounted, messageOf, mount } from './experiment';
import { memory } from './memory';
import { race } from './race';
import { strides } from './strides';
import { subgroups } from './subgroups';
import { createWorkgroups } from './workgroups';

const page = document.documentElement;
const status = find('status');

function say(message: string, state: 'working' | 'ready' | 'error'): void {
  status.textContent = message;
  page.dataset.state = state;
}

find('wgsl').append(
  ...WGSL_FOR_TYPESCRIPT.map(([wgsl, meaning]) =>
    html('tr', {}, html('td', {}, html('code', {}, wgsl)), html('td', {}, meaning)),
  ),
);

// ---- The GPU

/** The open GPU. It is closed when the page is left, and opened again when an experiment needs it. */
let open: Gpu | undefined;
/** A fault that WebGPU reported during a run, such as too little memory. */
let fault: string | undefined;

async function openGpu(): Promise<Gpu> {
  if (!navigator.gpu)
    throw new Error(
      'This browser has no WebGPU, or it does not allow it on this page, so the experiments can not run. The text and the code can be read without it. Recent versions of Chrome, Edge, Firefox and Safari have WebGPU.',
    );
  const gpu = await createGpu({ powerPreference: 'high-performance' });
  open = gpu;
  gpu.device.addEventListener('uncapturederror', ({ error }) => {
    if (isRunning) fault ??= error.message;
    else say(`The GPU reported a fault: ${error.message}`, 'error');
  });
  gpu.lost.then(() => {
    if (open !== gpu) return; // this page closed it
    open = undefined;
    if (!isRunning) say(LOST, 'error');
  });
  return gpu;
}

const LOST = 'The GPU was lost. Press “Run again” at an experiment to open it again.';

/** Runs an experiment. @throws Error also if the GPU is lost meanwhile, so that nothing waits for ever */
async function runOn(gpu: Gpu, mounted: Mounted): Promise<void> {
  fault = undefined;
  const lost = gpu.lost.then((): never => {
    throw new Error(LOST);
  });
  await mounted.run(gpu, lost);
  if (fault) throw new Error(fault);
}

// ---- The experiments

/** The experiments that are to run. One that is already waiting is not added twice. */
const waiting = new Set<Mounted>();
let isRunning = false;

async function runWaiting(): Promise<void> {
  if (isRunning) return;
  isRunning = true;
  let failure: string | undefined;
  let used = '';
  try {
    for (const mounted of waiting) {
      // A Set is iterated in the order of adding, and also over what is added meanwhile.
      waiting.delete(mounted);
      say(open ? `Running “${mounted.title}”.` : 'Opening the GPU.', 'working');
      const gpu = open ?? (await openGpu());
      used = gpu.adapter;
      await runOn(gpu, mounted).catch((error) => {
        failure ??= open ? `“${mounted.title}” failed: ${messageOf(error)}` : messageOf(error);
      });
      if (!open) break; // the GPU is lost
    }
  } catch (error) {
    failure = messageOf(error);
  }
  waiting.clear();
  isRunning = false;
  if (failure) say(failure, 'error');
  else say(`Done. The experiments ran on this GPU: ${used}.`, 'ready');
}

function start(mounted: Mounted): void {
  waiting.add(mounted);
  void runWaiting();
}

addEventListener('pagehide', () => {
  const gpu = open;
  open = undefined;
  gpu?.destroy();
});

const experiments = [dispatch, createWorkgroups(), subgroups, memory, race, barrier, strides, divergence];
for (const mounted of experiments.map((experiment) => mount(experiment, start))) waiting.add(mounted);
void runWaiting();
