import { createGpu, createRecognizer } from 'mien-gpu';
import sharp from 'sharp';
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals); // GPUBufferUsage and its like
const recognizer = await createRecognizer({ gpu: await createGpu({ gpu: create([]) }) });
const photo = sharp(process.argv[2]).autoOrient().ensureAlpha().raw();
const { data, info } = await photo.toBuffer({ resolveWithObject: true });
for (const { label, scores } of await recognizer.recognize({ data, ...info }))
  console.log(`${label} ${Math.round(100 * scores[label])} %`);
process.exit(); // Dawn's threads would keep Node running
