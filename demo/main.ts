/** The page: what is shown, what is recognised, and what happens when something fails. */

import { createGpu, createRecognizer, type Recognition, type Recognizer } from '../src/index';
import astronaut from './astronaut.png';
import { type Camera, openCamera } from './camera';
import { drawFaces, drawThumbnail, faceAt, keepCrisp, type Scene } from './draw';
import { createPanel, message } from './panel';
import { decodePicture, watchPictures } from './pictures';
import { createRate, duration, showAdapter, showLoading, showRecognition } from './readout';

declare global {
  interface Window {
    /** The last recognition shown, for tests and the curious. */
    mienLast?: Recognition;
  }
}

type State = 'loading' | 'ready' | 'working' | 'error';

/** What stands on the stage. */
interface Shown {
  readonly source: ImageBitmap | HTMLVideoElement;
  readonly mirrored: boolean;
}

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const page = document.documentElement;
const [stage, frame, status] = [find('stage'), find('frame'), find('status')];
const [image, video] = [find<HTMLImageElement>('picture'), find<HTMLVideoElement>('video')];
const overlay = find<HTMLCanvasElement>('overlay');
const [webcam, bundled] = [find<HTMLButtonElement>('webcam'), find<HTMLButtonElement>('bundled')];

let picture: Shown | undefined; // kept behind the webcam
let shown: Shown | undefined;
let scene: Scene | undefined;
let requests = 0; // a picture that decodes after a later one was asked for is dropped
let camera: Camera | 'opening' | undefined;
let openings = 0;
let reopened = false;
let pointed: number | undefined;
let picked: number | undefined;

function setState(state: State, text: string): void {
  page.dataset.state = state;
  if (status.textContent !== text) status.textContent = text;
}

const fail = (error: unknown): void =>
  setState('error', sentence(error instanceof Error ? error.message : String(error)));

/** With a capital and a full stop. */
const sentence = (text: string): string => text[0].toUpperCase() + text.slice(1).replace(/[^.!?)]$/, '$&.');

// ---- Faces, on the picture and in the panel

const panel = createPanel(find('faces'), {
  onPoint: (index) => highlight(index, picked),
  onPick: (index) => highlight(index, picked === index ? undefined : index),
});

const redraw = (): void => drawFaces(overlay, scene, pointed ?? picked);

function highlight(point: number | undefined, pick: number | undefined, reveal = false): void {
  [pointed, picked] = [point, pick];
  panel.mark(point ?? pick, reveal);
  redraw();
}

function show(what: Shown, recognition: Recognition): void {
  window.mienLast = recognition;
  page.dataset.faces = String(recognition.faces.length);
  scene = { ...recognition, mirrored: what.mirrored };
  panel.show(scene.faces, (canvas, face) => drawThumbnail(canvas, what.source, face, what.mirrored));
  highlight(inside(pointed), inside(picked));
  showRecognition(recognition);
}

const inside = (index: number | undefined): number | undefined =>
  index !== undefined && scene && index < scene.faces.length ? index : undefined;

const hit = ({ offsetX, offsetY }: MouseEvent): number | undefined =>
  scene && faceAt(scene, offsetX / overlay.clientWidth, offsetY / overlay.clientHeight);

keepCrisp(overlay, redraw);
overlay.addEventListener('pointermove', (event) => {
  const face = hit(event);
  overlay.style.cursor = face === undefined ? '' : 'pointer';
  if (face !== pointed) highlight(face, picked);
});
overlay.addEventListener('pointerleave', () => highlight(undefined, picked));
overlay.addEventListener('click', (event) => {
  const face = hit(event);
  highlight(face, face === picked ? undefined : face, true);
});

// ---- The engine

let engine = open();

async function open(): Promise<Recognizer> {
  const gpu = await createGpu().catch((error) => {
    showAdapter(undefined);
    const help = find<HTMLTemplateElement>('help').content.cloneNode(true);
    panel.say(help);
    throw error;
  });
  showAdapter(gpu);
  setState('loading', 'Loading the models.');
  const started = performance.now();
  try {
    const recognizer = await createRecognizer({ gpu });
    showLoading(performance.now() - started);
    void gpu.lost.then((info) => lost(recognizer, info));
    return recognizer;
  } catch (error) {
    panel.say(message('The models are not loaded', 'Reload the page to try again.'));
    gpu.destroy();
    throw error;
  }
}

/** Opens the GPU anew, once; `engine` is replaced, and whatever waits for it goes on. */
function lost(recognizer: Recognizer, { reason, message: why }: GPUDeviceLostInfo): void {
  if (reason === 'destroyed') return;
  recognizer.destroy();
  const text = `The GPU was lost${why ? `: ${why}` : ''}`;
  if (reopened) {
    stopCamera();
    engine = Promise.reject(new Error(`${text}. It was opened anew once already; reload the page`));
    engine.catch(fail);
    return;
  }
  reopened = true;
  setState('loading', sentence(`${text}. Opening it anew`));
  engine = open();
  watchEngine();
  if (shown && !camera) void recognise(shown);
}

/** Without an engine there is nothing to recognise, and no use for a camera. */
function watchEngine(): void {
  engine.catch((error) => {
    stopCamera();
    webcam.disabled = true;
    showLoading(undefined);
    fail(error);
  });
}

/** Recognises what is shown and shows the result, unless something else is shown by then. */
async function recognise(what: Shown): Promise<boolean> {
  const mine = engine;
  try {
    const recognizer = await mine;
    if (shown !== what) return false;
    if (what === picture) setState('working', 'Looking for faces.');
    const recognition = await recognizer.analyse(what.source);
    if (shown !== what) return false;
    show(what, recognition);
    setState('ready', what === picture ? summary(recognition) : 'The webcam runs. Its video stays in this page.');
    return true;
  } catch (error) {
    // A lost device fails what runs on it and only then says that it is lost.
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (shown === what && engine === mine) fail(error);
    return engine !== mine;
  }
}

function summary({ faces, timings }: Recognition): string {
  const labels = faces.map(({ label }) => label).join(', ');
  const count = faces.length === 1 ? '1 face' : `${faces.length || 'No'} faces`;
  return `${count}${labels && `: ${labels}`}, in ${duration(timings.total)}.`;
}

// ---- Pictures

/** Puts something on the stage, without boxes until they are known. */
function stand(what: Shown, width: number, height: number): void {
  shown = what;
  scene = undefined;
  const isVideo = what.source === video;
  image.hidden = isVideo;
  video.hidden = !isVideo;
  stage.style.setProperty('--ratio', String(width / height));
  frame.classList.toggle('mirrored', what.mirrored);
  highlight(undefined, undefined);
}

async function openPicture(blob: Blob, name: string, alt: string): Promise<void> {
  const request = ++requests;
  let bitmap: ImageBitmap;
  try {
    bitmap = await decodePicture(blob);
  } catch {
    if (request === requests) fail(new Error(`${name} is no picture that this browser can read`));
    return;
  }
  if (request !== requests) {
    bitmap.close();
    return;
  }
  stopCamera();
  const before = picture;
  picture = { source: bitmap, mirrored: false };
  if (image.src.startsWith('blob:')) URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(blob);
  image.alt = alt;
  stand(picture, bitmap.width, bitmap.height);
  if (before?.source instanceof ImageBitmap) before.source.close();
  await recognise(picture);
}

async function openBundled(): Promise<void> {
  bundled.hidden = true;
  const blob = await fetch(astronaut).then((response) => response.blob());
  await openPicture(blob, 'The bundled photo', 'An astronaut in an orange suit smiles at the camera.');
}

watchPictures(find('file'), find('drop'), (file) => {
  if (!file) {
    fail(new Error('That was no picture: choose, drop or paste a picture file'));
    return;
  }
  bundled.hidden = false;
  void openPicture(file, file.name || 'The file', 'The picture that was chosen.');
});

bundled.addEventListener('click', () => {
  // The button goes away; the focus needs a place.
  find('file').focus({ preventScroll: true });
  openBundled().catch(fail);
});

// ---- Webcam

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
  stand(what, video.videoWidth, video.videoHeight);
  panel.say(message('Looking for faces', 'The first frame takes longest.'));
  void opened.ended.then(() => {
    if (camera !== opened) return;
    backToPicture();
    fail(new Error('The webcam went away'));
  });
  const rate = createRate();
  while (shown === what) {
    if (!(await recognise(what))) break;
    rate.frame();
    await Promise.race([opened.nextFrame(), opened.stopped]);
  }
  rate.stop();
  if (camera === opened) stopCamera();
}

/** Releases the camera; what is on the stage stays. */
function stopCamera(): void {
  openings++;
  if (camera && camera !== 'opening') camera.stop();
  camera = undefined;
  webcam.textContent = 'Start webcam';
}

function backToPicture(): void {
  stopCamera();
  if (!picture || !(picture.source instanceof ImageBitmap)) return;
  stand(picture, picture.source.width, picture.source.height);
  void recognise(picture);
}

webcam.addEventListener('click', () => {
  if (camera) backToPicture();
  else void runCamera();
});
addEventListener('pagehide', stopCamera);

watchEngine();
openBundled().catch(fail);
