import { createGpu, createRecognizer } from 'mien-gpu';
import sharp from 'sharp';
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals); // GPUBufferUsage and its like
const gpu = await createGpu({ gpu: create([]) });
const recognizer = await createRecognizer({ gpu });
const { data, info } = await sharp(process.argv[2])
  .autoOrient()
  .toColourspace('srgb')
  .ensureAlpha()
  .raw()
  .toBuffer({ resolveWithObject: true });
for (const { label, scores } of await recognizer.recognize({ data, width: info.width, height: info.height }))
  console.log(`${label} ${Math.round(100 * scores[label])} %`);
process.exit(); // Dawn's threads would keep Node running
