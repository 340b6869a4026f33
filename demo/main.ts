/** The page: what is recognised when, and what happens when something fails. */

import { createGpu, createRecognizer, type Recognition, type Recognizer } from '../src/index';
import astronaut from './astronaut.png';
import { type Camera, openCamera } from './camera';
import { message } from './panel';
import { decodePicture, watchPictures } from './pictures';
import { createRate, duration, showAdapter, showLoading, showRecognition } from './readout';
import { createStage, type Shown } from './stage';

declare global {
  interface Window {
    /** The last recognition shown, for tests and the curious. */
    mienLast?: Recognition;
  }
}

type State = 'loading' | 'ready' | 'working' | 'error';
type Picture = Shown & { readonly source: ImageBitmap };

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const page = document.documentElement;
const status = find('status');
const [image, video] = [find<HTMLImageElement>('picture'), find<HTMLVideoElement>('video')];
const [webcam, bundled] = [find<HTMLButtonElement>('webcam'), find<HTMLButtonElement>('bundled')];

function setState(state: State, text: string): void {
  page.dataset.state = state;
  if (status.textContent !== text) status.textContent = text;
}

const fail = (error: unknown): void =>
  setState('error', sentence(error instanceof Error ? error.message : String(error)));

/** With a capital and a full stop. */
const sentence = (text: string): string => text[0].toUpperCase() + text.slice(1).replace(/[^.!?]$/, '$&.');

const stage = createStage();

// ---- The engine

let engine = open();
let reopened = false;

async function open(why = 'Loading the models.'): Promise<Recognizer> {
  const gpu = await createGpu().catch((error) => {
    showAdapter(undefined);
    stage.say(find<HTMLTemplateElement>('help').content.cloneNode(true));
    throw error;
  });
  showAdapter(gpu);
  setState('loading', why);
  const started = performance.now();
  try {
    const recognizer = await createRecognizer({ gpu });
    showLoading(performance.now() - started);
    void gpu.lost.then((info) => lost(recognizer, info));
    return recognizer;
  } catch (error) {
    stage.say(message('The models are not loaded', 'Reload the page to try again.'));
    gpu.destroy();
    throw new Error(`The models can't be loaded: ${error instanceof Error ? error.message : error}`);
  }
}

/** Without an engine there is nothing to recognise, and no use for a camera. */
function watchEngine(): void {
  engine.catch((error) => {
    stopCamera();
    webcam.disabled = true;
    showLoading(undefined);
    if (picture && stage.shown !== picture) stage.stand(picture, picture.source.width, picture.source.height);
    fail(error);
  });
}

/**
 * Opens the GPU anew, once; `engine` is replaced, and what waits for it goes on. Whatever the reason is: the
 * page destroys no GPU that works, and browsers give `destroyed` for a GPU process that crashed, too.
 */
function lost(recognizer: Recognizer, { message: cause }: GPUDeviceLostInfo): void {
  recognizer.destroy();
  const text = `The GPU was lost${cause ? ` (${cause.replace(/\.$/, '')})` : ''}`;
  if (reopened) {
    engine = Promise.reject(new Error(`${text}, for the second time. Reload the page to try again`));
  } else {
    reopened = true;
    const why = `${text} and is opened anew.`;
    setState('loading', why);
    // A GPU process that crashed takes a moment to come back.
    engine = new Promise((resolve) => setTimeout(resolve, 1000)).then(() => open(why));
    if (!camera && stage.shown) void recognise(stage.shown);
  }
  watchEngine();
}

/** Recognises what is shown and shows the result; false: it failed, or something else is shown by now. */
async function recognise(what: Shown): Promise<boolean> {
  const mine = engine;
  try {
    const recognizer = await mine;
    if (stage.shown !== what) return false;
    if (what === picture) setState('working', 'Looking for faces.');
    const recognition = await recognizer.analyse(what.source, { stages: true });
    if (stage.shown !== what) return false;
    window.mienLast = recognition;
    page.dataset.faces = String(recognition.faces.length);
    stage.show(recognition);
    showRecognition(recognition);
    setState(
      'ready',
      what === picture ? summary(recognition) : 'The webcam runs. Its video stays in this page.',
    );
    return true;
  } catch (error) {
    // A lost device first fails what runs on it, and then says that it is lost.
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (stage.shown === what && engine === mine) fail(error);
    return engine !== mine;
  }
}

function summary({ faces, timings }: Recognition): string {
  const counts = new Map<string, number>();
  for (const { label } of faces) counts.set(label, (counts.get(label) ?? 0) + 1);
  const labels = [...counts].map(([label, count]) => (faces.length > 1 ? `${count} ${label}` : label));
  const found = faces.length === 1 ? '1 face' : `${faces.length || 'No'} faces`;
  return `${found}${labels.length ? `: ${labels.join(', ')}` : ''}, in ${duration(timings.total)}.`;
}

// ---- Pictures

let picture: Picture | undefined; // kept behind the webcam
let requests = 0; // a picture that is decoded after a later one was asked for is dropped

/** Shows a file, by its name, or the bundled photo, which has none. */
async function openPicture(blob: Blob, name?: string): Promise<void> {
  const request = ++requests;
  let source: ImageBitmap;
  try {
    source = await decodePicture(blob);
  } catch {
    if (request === requests)
      fail(new Error(`“${name ?? 'astronaut.png'}” is no picture that this browser can read`));
    return;
  }
  if (request !== requests) {
    source.close();
    return;
  }
  stopCamera();
  picture?.source.close();
  picture = { source, mirrored: false };
  if (image.src.startsWith('blob:')) URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(blob);
  image.alt = name ?? 'An astronaut in an orange suit smiles at the camera.';
  bundled.hidden = name === undefined;
  await showPicture();
}

async function showPicture(): Promise<void> {
  if (!picture) return;
  stage.stand(picture, picture.source.width, picture.source.height);
  await recognise(picture);
}

const bundledBlob = fetch(astronaut).then((response) => response.blob());

const openBundled = async (): Promise<void> => openPicture(await bundledBlob);

watchPictures(find<HTMLInputElement>('file'), find('drop'), (file) => {
  if (file) void openPicture(file, file.name || 'The file');
  else fail(new Error('That was no picture: choose, drop or paste a picture file'));
});

bundled.addEventListener('click', () => {
  // The button goes away; the focus needs a place.
  find('file').focus({ preventScroll: true });
  openBundled().catch(fail);
});

// ---- Webcam

let camera: Camera | 'opening' | undefined;
let openings = 0; // a camera that opens after it was stopped is released at once

async function runCamera(): Promise<void> {
  const opening = ++openings;
  camera = 'opening';
  webcam.textContent = 'Stop webcam';
  setState('working', 'Waiting for the webcam. The browser may ask for permission.');
  let opened: Camera;
  try {
    opened = await openCamera(video);
  } catch (error) {
    if (opening !== openings) return;
    stopCamera();
    fail(error);
    return;
  }
  if (opening !== openings) {
    opened.stop();
    return;
  }
  camera = opened;
  const what: Shown = { source: video, mirrored: true };
  stage.stand(what, video.videoWidth, video.videoHeight);
  setState('working', 'The webcam runs. Looking for faces.');
  void opened.ended.then(() => {
    if (camera === opened) void leaveCamera('The webcam went away');
  });
  const rate = createRate();
  while (stage.shown === what && (await recognise(what))) {
    rate.frame();
    await opened.nextFrame();
  }
  rate.stop();
  if (camera === opened) await leaveCamera(status.textContent ?? '');
}

/** Back to the picture; what went wrong is said last, and stays. */
async function leaveCamera(why: string): Promise<void> {
  stopCamera();
  await showPicture();
  if (page.dataset.state === 'ready' && !camera) fail(new Error(why));
}

/** Releases the camera. */
function stopCamera(): void {
  openings++;
  if (camera && camera !== 'opening') camera.stop();
  camera = undefined;
  webcam.textContent = 'Start webcam';
}

webcam.addEventListener('click', () => {
  if (camera) {
    stopCamera();
    void showPicture();
  } else void runCamera();
});
addEventListener('pagehide', stopCamera);

watchEngine();
openBundled().catch(fail);
