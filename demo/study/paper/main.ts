/** The page: opens the engine, takes a picture, and shows every stage of its face. */

import type { Face } from '../../../src/index';
import astronaut from '../../astronaut.png';
import { openCamera } from '../../camera';
import { find, html } from '../../elements';
import { decodePicture, watchFiles } from '../../pictures';
import { showClaims } from './claims';
import { type Found, type Lab, openLab, type Walk } from './lab';
import { createPlayground } from './playground';
import { showCnn } from './stages-cnn';
import { showCrop, showDetection, showGrey } from './stages-face';
import { showSvm } from './stages-svm';

declare global {
  interface Window {
    /** The numbers that are shown, for tests and for the browser's console. */
    mienPaper?: Walk;
  }
}

const page = document.documentElement;
const status = find('status');
const video = find<HTMLVideoElement>('video');
const faces = find<HTMLSelectElement>('face');
const [webcam, take] = [find<HTMLButtonElement>('webcam'), find<HTMLButtonElement>('take')];

type State = 'working' | 'ready' | 'error';

function say(text: string, state: State): void {
  page.dataset.state = state;
  status.textContent = text;
}

const fail = (error: unknown): void => {
  const text = error instanceof Error ? error.message : String(error);
  say(text[0].toUpperCase() + text.slice(1).replace(/[^.!?]$/, '$&.'), 'error');
};

// ---- The engine

/** The engine. It is opened again by the next picture after the GPU was lost. */
let lab: Promise<Lab> | undefined;

function openedLab(): Promise<Lab> {
  if (lab) return lab;
  const opening = openLab((sentence) => say(sentence, 'working'));
  lab = opening;
  opening.then(
    ({ gpu, hasTimestamps, destroy }) => {
      find('clock').textContent =
        `Times of kernels are measured on this GPU (${gpu.adapter}), by ${hasTimestamps ? 'the GPU’s timestamps' : 'the clock of the page, because it has no timestamps'}: ` +
        'each is the smallest of a few measurements.';
      void gpu.lost.then(({ message }) => {
        if (lab !== opening) return;
        lab = undefined;
        destroy();
        fail(
          `The GPU was lost${message ? ` (${message.replace(/\.$/, '')})` : ''}. Choose a picture to try again`,
        );
      });
    },
    () => {
      if (lab === opening) lab = undefined;
    },
  );
  return opening;
}

// ---- Pictures

let found: Found | undefined; // the picture that is shown
let requests = 0; // counts pictures and choices, so that a result is dropped if a later one was asked for

/** Decodes a picture, finds its faces, and shows the stages of the first one. */
async function openPicture(name: string, picture: Blob | Promise<Blob> | HTMLVideoElement): Promise<void> {
  const request = ++requests;
  say('Reading the picture.', 'working');
  let source: ImageBitmap | undefined;
  try {
    const given = await picture;
    source = await (given instanceof Blob ? decodePicture(given) : createImageBitmap(given)).catch(() => {
      throw new Error(`“${name}” is not a picture that this browser can read`);
    });
    const engine = await openedLab();
    if (request !== requests) return source.close();
    say('Looking for faces.', 'working');
    const next = await engine.find(source);
    if (request !== requests) return source.close();
    if (!next.recognition.faces.length) {
      source.close();
      throw new Error(
        'There is no face in this picture that the detector can find. The stages below show the picture before',
      );
    }
    found?.source.close();
    found = next;
    listFaces(next);
    await showFace(next.recognition.faces[0], request);
  } catch (error) {
    if (found?.source !== source) source?.close();
    if (request === requests) fail(error);
  }
}

/** Offers the faces of a picture with several. */
function listFaces({ recognition }: Found): void {
  faces.replaceChildren(
    ...recognition.faces.map(({ label }, at) => html('option', { value: at }, `${at + 1}: ${label}`)),
  );
  find('face-field').hidden = recognition.faces.length < 2;
}

/** Computes and shows every stage of a face. */
async function showFace(face: Face, request: number): Promise<void> {
  const shown = found;
  if (!shown) return;
  say('Computing every stage.', 'working');
  showDetection(shown, face);
  const walk = await (await openedLab()).walk(shown, face);
  if (request !== requests) return;
  showDetection(shown, face, walk.crop.corners);
  showCrop(walk);
  showGrey(walk);
  showCnn(walk);
  showSvm(walk);
  window.mienPaper = walk;
  const { length } = shown.recognition.faces;
  const which = length > 1 ? `Face ${shown.recognition.faces.indexOf(face) + 1} of ${length}` : 'The face';
  say(`${which} is labelled ${face.label}. Every stage is shown below.`, 'ready');
}

const sample = (): Promise<void> =>
  openPicture(
    'astronaut.png',
    fetch(astronaut).then((response) => response.blob()),
  );

// ---- The webcam

let stopCamera: (() => void) | undefined;

function closeCamera(): void {
  stopCamera?.();
  stopCamera = undefined;
  video.hidden = true;
  take.hidden = true;
  webcam.textContent = 'Use the webcam';
}

async function startCamera(): Promise<void> {
  const request = ++requests;
  say('Opening the webcam.', 'working');
  try {
    const camera = await openCamera(video);
    if (request !== requests) return camera.stop();
    stopCamera = camera.stop;
    void camera.ended.then(closeCamera);
    video.hidden = false;
    take.hidden = false;
    webcam.textContent = 'Stop the webcam';
    say('The webcam runs. Take a picture when your face is in view.', 'ready');
  } catch (error) {
    if (request === requests) fail(error);
  }
}

// ---- Starting

watchFiles([find<HTMLInputElement>('file')], find('drop'), ([file]) => {
  closeCamera();
  if (file) void openPicture(file.name, file);
  else fail('That is not a picture');
});
find('sample').addEventListener('click', () => {
  closeCamera();
  void sample();
});
webcam.addEventListener('click', () => {
  if (!stopCamera) return void startCamera();
  closeCamera();
  say('The webcam is stopped.', 'ready');
});
take.addEventListener('click', () => {
  void openPicture('the webcam', video).finally(closeCamera);
});
faces.addEventListener('change', () => {
  const face = found?.recognition.faces[Number(faces.value)];
  const request = ++requests;
  if (face) showFace(face, request).catch((error) => request === requests && fail(error));
});

showClaims();
createPlayground(find('playground-panel'));
void sample();
