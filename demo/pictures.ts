/** Input of pictures: a file is chosen, dropped anywhere on the page, or pasted. */

/** Maximum side of a picture in pixels. Every device supports textures of this size. */
const MAX_SIDE = 4096;

/**
 * Calls `onFile` with each chosen, dropped or pasted file, or with undefined if something else was dropped or pasted.
 * @param veil element that is shown while a file is dragged over the page
 */
export function watchPictures(
  input: HTMLInputElement,
  veil: HTMLElement,
  onFile: (file: File | undefined) => void,
): void {
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    // The value is cleared, so that the same file can be chosen again.
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
 * Decodes a picture, rotated as its EXIF data specifies. Reduces it if a side is longer than MAX_SIDE.
 * @throws DOMException if the browser can't decode it
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
