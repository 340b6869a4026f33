/** The page: controls what is recognised, and handles failures. */

import type { Recognition, Recognizer, WatchedFrame } from '../src/index';
import astronaut from './astronaut.png';
import { createEngine } from './engine';
import { type Live, openClip, openVideo, openWebcam } from './live';
import { message } from './panel';
import { decodePicture, isModelFile, watchFiles } from './pictures';
import {
  createNews,
  createRate,
  hideRate,
  showAdapter,
  showLoading,
  showRecognition,
  summary,
} from './readout';
import { createSight, type Sight } from './sight';
import { createStage, type Shown } from './stage';

declare global {
  interface Window {
    /** The last recognition that was shown, for tests and for the browser's console. */
    mienLast?: Recognition;
  }
}

type State = 'loading' | 'ready' | 'working' | 'error';
type Picture = Shown & { readonly source: ImageBitmap };

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const page = document.documentElement;
const status = find('status');
const [image, video] = [find<HTMLImageElement>('picture'), find<HTMLVideoElement>('video')];
const [webcam, play] = [find<HTMLButtonElement>('webcam'), find<HTMLButtonElement>('play')];
const bundled = find<HTMLButtonElement>('bundled');

function setState(state: State, text: string): void {
  page.dataset.state = state;
  if (status.textContent !== text) status.textContent = text;
}

const fail = (error: unknown): void =>
  setState('error', sentence(error instanceof Error ? error.message : String(error)));

/** Adds a capital letter and a full stop. */
const sentence = (text: string): string => text[0].toUpperCase() + text.slice(1).replace(/[^.!?]$/, '$&.');

const stage = createStage();

// ---- The engine

let sight: Promise<Sight> | undefined; // created with the first face

const engine = createEngine({
  onLoading: (why) => setState('loading', why),
  onGpu(gpu) {
    showAdapter(gpu);
    if (!gpu) stage.say(find<HTMLTemplateElement>('help').content.cloneNode(true));
  },
  onModels(milliseconds) {
    if (milliseconds !== undefined) showLoading(milliseconds);
    else stage.say(message('The models are not loaded', 'Reload the page to try again.'));
  },
  onLost(again) {
    void sight?.then((seen) => seen.destroy()).catch(() => undefined);
    sight = undefined;
    if (!again && !running && stage.shown === picture && picture) void recognise(picture);
  },
  // Stops the camera and disables the buttons.
  onFailed(error) {
    stopLive();
    for (const button of [webcam, play]) button.disabled = true;
    showLoading(undefined);
    if (picture && stage.shown !== picture) stage.stand(picture, picture.source.width, picture.source.height);
    fail(error);
  },
});

/** Recognises a picture. Shows the result if the picture is still on the stage. */
async function recognise(what: Picture): Promise<void> {
  const mine = engine.current;
  const isShown = () => stage.shown === what && engine.current === mine;
  try {
    const recognizer = await mine;
    if (!isShown()) return;
    setState('working', 'Looking for faces.');
    const recognition = await recognizer.analyse(what.source, { stages: true, crops: true });
    if (!isShown()) return;
    show(recognition, recognizer);
    setState('ready', summary(recognition));
  } catch (error) {
    if (await isEngines(mine)) return;
    if (stage.shown === what) fail(error);
  }
}

function show(recognition: Recognition | WatchedFrame, recognizer: Recognizer): void {
  window.mienLast = recognition;
  page.dataset.faces = String(recognition.faces.length);
  stage.show(recognition);
  showRecognition(recognition);
  const [best] = recognition.faces.toSorted((a, b) => b.score - a.score);
  const crop = engine.isReplaced ? undefined : best?.crop; // the maps are those of the built-in model
  if (crop) sight ??= createSight(recognizer.gpu, find('sight'));
  sight?.then((seen) => seen.show(crop)).catch(() => undefined); // the page works without it
}

/** Whether an error is due to a lost or replaced engine. Waits, because calls fail before the loss is reported. */
async function isEngines(mine: Promise<Recognizer>): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return engine.current !== mine;
}

// ---- Pictures

let picture: Picture | undefined; // kept while a video is shown
let requests = 0; // counts calls, so that a picture is dropped if a later one was opened meanwhile

/** Shows a picture file. For the bundled photo, `name` is undefined. */
async function openPicture(blob: Blob, name?: string): Promise<void> {
  const request = ++requests;
  let source: ImageBitmap;
  try {
    source = await decodePicture(blob);
  } catch {
    if (request === requests)
      fail(new Error(`“${name ?? 'astronaut.png'}” is not a picture that this browser can read`));
    return;
  }
  if (request !== requests) {
    source.close();
    return;
  }
  stopLive();
  picture?.source.close();
  picture = { source, element: image, mirrored: false };
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

// Visitors who open no model do not download what shows it.
const models = () => import('./model');

watchFiles([find<HTMLInputElement>('file'), find<HTMLInputElement>('model-file')], find('drop'), (files) => {
  const [file] = files;
  if (files.some(isModelFile)) void openModel(files);
  else if (file?.type.startsWith('video/'))
    void runLive('video', () => openVideo(video, file, file.name || 'The file'));
  else if (file) void openPicture(file, file.name || 'The file');
  else fail(new Error('That was not a picture: choose, drop or paste a picture, a video or a model'));
});

bundled.addEventListener('click', () => {
  // The button disappears, so the focus must move to another element.
  find('file').focus({ preventScroll: true });
  openBundled().catch(fail);
});

async function openModel(files: readonly File[]): Promise<void> {
  try {
    const { openModelFiles } = await models();
    await openModelFiles(files, {
      engine,
      root: find('model'),
      picture: () => stage.shown?.source,
      changed: () => (running || !picture ? undefined : void showPicture()),
      say: setState,
    });
  } catch (error) {
    fail(error);
  }
}

// ---- Moving pictures

const NAMES = { webcam: 'The webcam', video: 'The video', clip: 'The clip' } as const;

let running: { readonly kind: Live['kind']; readonly stop: AbortController; live?: Live } | undefined;

async function runLive(kind: Live['kind'], open: () => Promise<Live>): Promise<void> {
  stopLive();
  const mine: NonNullable<typeof running> = { kind, stop: new AbortController() };
  running = mine;
  showRunning();
  setState(
    'working',
    kind === 'webcam' ? 'Waiting for the webcam. The browser may ask for permission.' : 'Opening.',
  );
  let live: Live;
  try {
    live = await open();
  } catch (error) {
    if (running !== mine) return;
    stopLive();
    fail(error);
    return;
  }
  if (running !== mine) {
    live.stop(); // it was stopped while it was opened
    return;
  }
  mine.live = live;
  const what: Shown = { source: live.element, element: live.element, mirrored: live.mirrored };
  stage.stand(what, live.width, live.height);
  setState('working', `${NAMES[kind]} runs. Looking for faces.`);
  void live.ended.then(() => {
    if (running === mine) void leaveLive(`${NAMES[kind]} stopped`);
  });
  const rate = createRate();
  const failed = await watch(live, what, mine.stop.signal, () => rate.frame());
  if (running !== mine) return;
  await leaveLive(failed ?? `${NAMES[kind]} stopped`);
}

/** With `picture`, each result contains its frame, so that boxes are drawn on the frame in which they were found. */
const WATCHED = { stages: true, crops: true, picture: true } as const;

/** Recognises and shows frames; continues on a new engine after a loss or a change. Returns an error message, if any. */
async function watch(
  live: Live,
  what: Shown,
  signal: AbortSignal,
  onFrame: () => void,
): Promise<string | undefined> {
  while (stage.shown === what) {
    const mine = engine.current;
    try {
      const recognizer = await mine;
      const say = createNews(`${NAMES[live.kind]} runs. Its frames stay in this page.`);
      for await (const frame of recognizer.watch(live.frames(), { ...WATCHED, signal })) {
        if (stage.shown !== what) return undefined;
        if (engine.current !== mine) break;
        // Sorted by id, so that the cards keep their order.
        show({ ...frame, faces: frame.faces.toSorted((a, b) => a.id - b.id) }, recognizer);
        onFrame();
        setState('ready', say(frame.events, frame.time));
      }
      if (engine.current === mine) return undefined;
    } catch (error) {
      if (await isEngines(mine)) continue;
      return error instanceof Error ? error.message : String(error);
    }
  }
  return undefined;
}

/** Returns to the picture. The reason is shown last, so that it stays visible. */
async function leaveLive(why: string): Promise<void> {
  stopLive();
  await showPicture();
  if (page.dataset.state === 'ready' && !running) fail(new Error(why));
}

/** Stops the webcam, the video or the clip. */
function stopLive(): void {
  running?.stop.abort();
  running?.live?.stop();
  hideRate();
  running = undefined;
  showRunning();
}

function showRunning(): void {
  webcam.textContent = running?.kind === 'webcam' ? 'Stop webcam' : 'Start webcam';
  play.textContent = running?.kind === 'clip' ? 'Stop the clip' : 'Play the clip';
}

/** Makes a button start a source, or stop the source if it is running. */
function toggles(button: HTMLButtonElement, kind: Live['kind'], open: () => Promise<Live>): void {
  button.addEventListener('click', () => {
    if (running?.kind === kind) {
      stopLive();
      void showPicture();
    } else void runLive(kind, open);
  });
}
toggles(webcam, 'webcam', () => openWebcam(video));
toggles(play, 'clip', async () =>
  openClip(find<HTMLCanvasElement>('clip'), await createImageBitmap(await bundledBlob)),
);
addEventListener('pagehide', stopLive);

openBundled().catch(fail);
