/** A network with the frame kernel before it: crops of a picture go in, its outputs come back. */

import { type Affine, CROP_SIZE, cropRecord, type FrameOptions, planFrame } from '../../shaders/frame/frame';
import { bindGroup, bytesFor, dispatch, type Gpu, type Step } from '../gpu/gpu';
import { createReadback } from '../gpu/readback';
import type { Graph } from '../graph/graph';
import { sizeOf } from '../graph/graph';
import { compile, type Network } from '../network/network';
import type { PictureTexture } from './picture';

export interface Stage {
  readonly network: Network;
  /** Runs all crops of a picture, as one compute pass in one submission. Outputs by name, of `crops.length` items. */
  run(picture: PictureTexture, crops: readonly Affine[]): Promise<Record<string, Float32Array>>;
  destroy(): void;
}

export interface StageOptions {
  readonly label: string;
  readonly frame: Omit<FrameOptions, 'H' | 'W'>;
  /** The most crops at once. */
  readonly batch: number;
}

/** @throws if the network's one input is no picture (N,1,H,W) or (N,3,H,W) */
export async function createStage(
  gpu: Gpu,
  graph: Graph,
  { label, frame, batch }: StageOptions,
): Promise<Stage> {
  const [input, ...others] = graph.inputs;
  const channels = frame.grey ? 1 : 3;
  if (!input || others.length || input.shape.length !== 4 || input.shape[1] !== channels)
    throw new Error(
      `${label}: the model's inputs are ${graph.inputs.map(({ name, shape }) => `"${name}" (${shape.join(',')})`).join(', ')}, one of (N,${channels},H,W) is needed`,
    );
  const items = Number(input.shape[0]);
  if (items > 0 && items !== batch)
    throw new Error(`${label}: the model's batch is fixed at ${items}, an open one or ${batch} is needed`);
  const [H, W] = [Number(input.shape[2]), Number(input.shape[3])];
  const network = await compile(graph, gpu, { batch, layouts: { [input.name]: 'nhwc4' } });
  const { device } = gpu;
  const [{ passes }] = planFrame({ ...frame, H, W });
  const pipeline = await gpu.pipeline(passes[0]);
  const crops = device.createBuffer({
    label: `${label}/crops`,
    size: bytesFor(batch * CROP_SIZE),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  const bytes = network.outputs.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  const readback = createReadback(device, label, bytes);
  let bound: { picture: PictureTexture; step: Step } | undefined;

  return {
    network,
    async run(picture, affines) {
      const count = affines.length;
      if (count > batch) throw new Error(`${label}: ${count} crops, ${batch} can be run at once`);
      if (bound?.picture !== picture) {
        const operands = { picture: picture.view, crops, y: network.inputs[0].buffer };
        bound = {
          picture,
          step: {
            pass: passes[0],
            pipeline,
            bindGroup: bindGroup(device, `${label}/frame`, passes[0], pipeline, operands),
          },
        };
      }
      const records = new Float32Array(count * CROP_SIZE);
      affines.forEach((affine, i) => {
        records.set(cropRecord(affine), i * CROP_SIZE);
      });
      device.queue.writeBuffer(crops, 0, records);
      const encoder = device.createCommandEncoder({ label });
      const pass = encoder.beginComputePass({ label });
      dispatch(pass, bound.step, count);
      network.encode(pass, count);
      pass.end();
      const lengths = network.outputs.map(({ shape }) => (sizeOf(shape) / shape[0]) * count);
      const pending = readback.record(
        encoder,
        network.outputs.map(({ buffer }, i) => ({ buffer, bytes: 4 * lengths[i] })),
      );
      device.queue.submit([encoder.finish()]);
      const data = await pending.read();
      let offset = 0;
      return Object.fromEntries(
        network.outputs.map(({ name }, i) => {
          const part = new Float32Array(data, offset, lengths[i]);
          offset += part.byteLength;
          return [name, part];
        }),
      );
    },
    destroy() {
      network.destroy();
      crops.destroy();
      readback.destroy();
    },
  };
}
