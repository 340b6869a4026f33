/** A module worker that recognises one picture. */

import { createRecognizer } from '../../src';

self.onmessage = async ({ data }: MessageEvent<ImageBitmap>) => {
  try {
    const recognizer = await createRecognizer();
    self.postMessage({ faces: await recognizer.recognize(data) });
    recognizer.destroy();
  } catch (error) {
    self.postMessage({ error: (error as Error).message });
  }
};
