/** The ways in for a picture: a file chosen, dropped anywhere on the page, or pasted. */

/** Most pixels a side that are kept: every device takes textures of this size. */
const MAX_SIDE = 4096;

/**
 * Calls back with each file that comes in, or with undefined where something came that is none.
 * @param veil shown while a file is dragged over the page
 */
export function watchPictures(
  input: HTMLInputElement,
  veil: HTMLElement,
  onFile: (file: File | undefined) => void,
): void {
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    // Emptied, so that the same file can be chosen again.
    input.value = '';
    if (file) onFile(file);
  });

  addEventListener('paste', ({ clipboardData }) => {
    if (clipboardData) onFile(clipboardData.files[0]);
  });

  const show = (shown: boolean) => veil.classList.toggle('shown', shown);
  addEventListener('dragover', (event) => {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    show(true);
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (!relatedTarget) show(false);
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    show(false);
    onFile(event.dataTransfer?.files[0]);
  });
}

/**
 * Decodes a picture, upright, and shrinks it where a GPU may not take its size.
 * @throws if it is no picture that the browser reads
 */
export async function decodePicture(blob: Blob): Promise<ImageBitmap> {
  const picture = await createImageBitmap(blob);
  const scale = MAX_SIDE / Math.max(picture.width, picture.height);
  if (scale >= 1) return picture;
  const smaller = await createImageBitmap(picture, {
    resizeWidth: Math.max(1, Math.round(picture.width * scale)),
    resizeHeight: Math.max(1, Math.round(picture.height * scale)),
    resizeQuality: 'high',
  });
  picture.close();
  return smaller;
}
