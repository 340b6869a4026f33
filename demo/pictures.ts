/** Input of files: pictures, videos and models are chosen, dropped anywhere on the page, or pasted. */

/** Maximum side of a picture in pixels. Every device supports textures of this size. */
const MAX_SIDE = 4096;

/** Whether a file is a model, or belongs to one, by its name. */
export const isModelFile = ({ name }: File): boolean => /\.(onnx|model|data|npy)$/i.test(name);

/**
 * Calls `onFiles` with the files that were chosen, dropped or pasted; with none if something else was dropped or pasted.
 * @param veil element that is shown while a file is dragged over the page
 */
export function watchFiles(
  inputs: readonly HTMLInputElement[],
  veil: HTMLElement,
  onFiles: (files: readonly File[]) => void,
): void {
  for (const input of inputs)
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])];
      // The value is cleared, so that the same file can be chosen again.
      input.value = '';
      if (files.length) onFiles(files);
    });

  addEventListener('paste', ({ clipboardData, target }) => {
    // Text that is pasted into a field of the page is no file.
    if (!clipboardData || (target as Element).closest?.('textarea, input')) return;
    onFiles([...clipboardData.files]);
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
    onFiles([...(event.dataTransfer?.files ?? [])]);
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
