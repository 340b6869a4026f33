/** Opens, reads and releases the webcam. */

/** An open webcam. */
export interface Camera {
  /** The video element that shows the camera. */
  readonly video: HTMLVideoElement;
  /** Resolves when the video shows its next frame, or when it is stopped. */
  nextFrame(): Promise<void>;
  /** Resolves if the camera ends by itself, for example because it is unplugged. */
  readonly ended: Promise<void>;
  /** Releases the camera. */
  stop(): void;
}

/**
 * Opens the webcam in a video element.
 * @throws Error, in one sentence, if there is no webcam, if access is denied, or if another program uses it
 */
export async function openCamera(video: HTMLVideoElement): Promise<Camera> {
  if (!navigator.mediaDevices?.getUserMedia)
    throw new Error('The webcam can be used on https or localhost only.');
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 720 } },
      audio: false,
    });
  } catch (error) {
    throw new Error(reasonOf(error));
  }
  let wake = () => {};
  const stop = () => {
    for (const track of stream.getTracks()) track.stop();
    if (video.srcObject === stream) video.srcObject = null;
    wake();
  };
  try {
    video.srcObject = stream;
    await video.play();
  } catch {
    stop();
    throw new Error('The webcam was opened but shows no video.');
  }
  return {
    video,
    stop,
    ended: new Promise((resolve) => {
      stream.getVideoTracks()[0].addEventListener('ended', () => resolve());
    }),
    nextFrame: () =>
      new Promise((resolve) => {
        wake = resolve;
        if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve());
        else requestAnimationFrame(() => resolve());
      }),
  };
}

function reasonOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  if (name === 'NotAllowedError' || name === 'SecurityError')
    return 'The webcam was not allowed. Allow it next to the address of the page, then start it again.';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'No webcam was found.';
  if (name === 'NotReadableError' || name === 'AbortError')
    return 'The webcam does not answer; another program may be using it.';
  return `The webcam can't be used: ${message}`;
}
