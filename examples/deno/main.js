import { createRecognizer } from 'mien-gpu';
import sharp from 'sharp';

const recognizer = await createRecognizer();
const { data, info } = await sharp(Deno.args[0])
  .autoOrient()
  .toColourspace('srgb')
  .ensureAlpha()
  .raw()
  .toBuffer({ resolveWithObject: true });
for (const { label, scores } of await recognizer.recognize({ data, width: info.width, height: info.height }))
  console.log(`${label} ${Math.round(100 * scores[label])} %`);
Deno.exit();
