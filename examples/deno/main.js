import { createRecognizer } from 'mien-gpu';
import sharp from 'sharp';

const recognizer = await createRecognizer();
const photo = sharp(Deno.args[0]).autoOrient().ensureAlpha().raw();
const { data, info } = await photo.toBuffer({ resolveWithObject: true });
for (const { label, scores } of await recognizer.recognize({ data, ...info }))
  console.log(`${label} ${Math.round(100 * scores[label])} %`);
recognizer.destroy();
