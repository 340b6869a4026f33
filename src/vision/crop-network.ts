import type { Gpu } from '../gpu/gpu';
import type { Graph } from '../graph/graph';
import { type CompileOptions, compile, type Network } from '../network/network';

/**
 * Compiles a network whose input is a batch of crops.
 * @throws Error if the network does not have exactly one input (N,channels,H,W), has a fixed N other than `batch`,
 *   or can run only whole batches
 */
export async function compileOnCrops(
  gpu: Gpu,
  label: string,
  graph: Graph,
  channels: number,
  batch: number,
  tuning: CompileOptions['tuning'],
): Promise<Network> {
  const [input, ...others] = graph.inputs;
  if (!input || others.length || input.shape.length !== 4 || input.shape[1] !== channels)
    throw new Error(
      `${label}: the model's inputs are ${graph.inputs.map(({ name, shape }) => `"${name}" (${shape.join(',')})`).join(', ')}, one of (N,${channels},H,W) is needed`,
    );
  const items = Number(input.shape[0]);
  if (items > 0 && items !== batch)
    throw new Error(`${label}: the model's batch is fixed at ${items}; it must be open or ${batch}`);
  const network = await compile(graph, gpu, { batch, layouts: { [input.name]: 'nhwc4' }, tuning });
  if (!network.whole || batch === 1) return network;
  network.destroy();
  throw new Error(`${label}: the model can't run a part of a batch: ${network.whole}`);
}
