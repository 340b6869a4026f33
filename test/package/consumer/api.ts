// What a strict project may write, and what it may not. An export that has become `any` makes a "ts-expect-error" fail.
import {
  compile,
  createGpu,
  createRecognizer,
  type Face,
  loadOnnx,
  type PictureSource,
  type RecognizerOptions,
  shippedModels,
} from 'mien-gpu';

export async function right(): Promise<readonly Face[]> {
  const gpu = await createGpu();
  const network = await compile(await loadOnnx('model.onnx'), gpu, { batch: 2 });
  await network.run({ x: { shape: [1, 4], data: new Float32Array(4) } });
  const options: RecognizerOptions = { gpu, detector: 'fast', expression: shippedModels.expression() };
  const recognizer = await createRecognizer(options);
  const picture: PictureSource = { width: 1, height: 1, data: new Uint8Array(4) };
  for await (const { faces, events } of recognizer.watch((async function* () {})(), { smoothing: 100 }))
    console.log(faces[0].id, events.length);
  const [face] = await recognizer.recognize(picture);
  const texture: GPUTexture = gpu.device.createTexture({ size: [1, 1], format: 'rgba8unorm', usage: 4 });
  return [face, ...(await recognizer.recognize(texture))];
}

export async function wrong(): Promise<void> {
  // @ts-expect-error
  await createRecognizer({ maxFace: 1 });
  const recognizer = await createRecognizer();
  // @ts-expect-error
  await recognizer.recognize(42);
  // @ts-expect-error
  await recognizer.recognize({});
  // @ts-expect-error
  recognizer.watch('video');
  // @ts-expect-error
  recognizer.recognise;
  const [face] = await recognizer.recognize({ width: 1, height: 1, data: new Uint8Array(4) });
  // @ts-expect-error
  face.lable;
  // @ts-expect-error
  const id: string = face.scores.happy;
  // @ts-expect-error
  await compile('model.onnx', await createGpu());
  // @ts-expect-error
  shippedModels.detector('quick');
  void id;
}
