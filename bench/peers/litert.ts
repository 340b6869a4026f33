/** LiteRT.js on WebGPU. It reads files of its own format, for one item, which litert/convert.py makes. */

import type { Engine } from './engines';
import { PACKAGES } from './script';

/** What is used here of @litertjs/core. */
interface LiteRt {
  loadLiteRt(folder: string): Promise<unknown>;
  loadAndCompile(
    file: string,
    options: { accelerator: 'webgpu'; gpuOptions: { precision: 'fp32' } },
  ): Promise<LiteRtModel>;
  readonly Tensor: new (data: Float32Array, shape: readonly number[]) => LiteRtTensor;
}
interface LiteRtModel {
  getInputDetails(): readonly { readonly shape: ArrayLike<number> }[];
  readonly isFullyAccelerated: boolean;
  run(input: LiteRtTensor): Promise<readonly LiteRtTensor[]>;
  delete(): void;
}
interface LiteRtTensor {
  readonly type: { readonly layout: { readonly dimensions: ArrayLike<number> } };
  data(): Promise<ArrayLike<number>>;
  moveTo(accelerator: 'webgpu' | 'wasm'): Promise<LiteRtTensor>;
  delete(): void;
}

/** @throws if the package can't be loaded */
export async function litert(): Promise<Engine> {
  const folder = `${PACKAGES}/@litertjs/core`;
  const { loadLiteRt, loadAndCompile, Tensor }: LiteRt = await import(
    /* @vite-ignore */ `${folder}/dist/index.js`
  );
  await loadLiteRt(`${folder}/wasm/`);
  return {
    name: 'LiteRT.js, WebGPU',
    async create({ tflite, length }, batch) {
      if (!tflite) throw new Error('there is no LiteRT file of this model');
      if (batch > 1) throw new Error('its LiteRT file is for one item');
      const model = await loadAndCompile(tflite.href, {
        ...{ accelerator: 'webgpu', gpuOptions: { precision: 'fp32' } },
      });
      const shape = Array.from(model.getInputDetails()[0].shape);
      return {
        async run(x) {
          const input = await new Tensor(x, shape).moveTo('webgpu');
          const outputs = await model.run(input);
          input.delete();
          // The outputs are in no fixed order, but no two have the same size.
          const isFirst = ({ type }: LiteRtTensor) =>
            Array.from(type.layout.dimensions).reduce((a, b) => a * b, 1) === length;
          const found = Float32Array.from((await (outputs.find(isFirst) ?? outputs[0]).data()) ?? []);
          for (const output of outputs) output.delete();
          return found;
        },
        destroy: () => model.delete(),
      };
    },
  };
}
