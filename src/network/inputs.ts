/** The input tensors of a run, and their checks. */

import { shapeText, sizeOf } from '../graph/graph';
import type { Program } from './program';

/** An array of numbers with a shape. */
export interface Tensor {
  /** Its dimensions, the batch first. */
  readonly shape: readonly number[];
  /** Its numbers, row-major. */
  readonly data: Float32Array;
}

/**
 * Checks the inputs of a run, and returns its batch.
 * @throws if an input is missing, unknown, or has another shape (the message contains both shapes), or if the
 *   batch is less than 1 or too large
 */
export function checkInputs(program: Program, given: Readonly<Record<string, Tensor>>): number {
  const open = program.inputs.find((input) => input.batched);
  const batch = (open && given[open.name]?.shape[0]) ?? program.batch;
  for (const name of Object.keys(given))
    if (!program.inputs.some((input) => input.name === name))
      throw new Error(
        `the model has no input "${name}"; it has ${program.inputs.map((i) => `"${i.name}"`).join(', ')}`,
      );
  for (const { name, shape, batched } of program.inputs) {
    const tensor = given[name];
    if (!tensor) throw new Error(`input "${name}" of ${shapeText(shape)} is missing`);
    const wanted = batched ? [batch, ...shape.slice(1)] : shape;
    if (tensor.shape.join() !== wanted.join())
      throw new Error(
        `input "${name}" is ${shapeText(tensor.shape)}, but the model needs ${shapeText(batched ? ['N', ...shape.slice(1)] : shape)}${program.whole ? `, since it runs whole batches only: ${program.whole}` : ''}`,
      );
    if (tensor.data.length !== sizeOf(wanted))
      throw new Error(
        `input "${name}" of ${shapeText(wanted)} needs ${sizeOf(wanted)} numbers, but contains ${tensor.data.length}`,
      );
  }
  if (open && (batch < 1 || batch > program.batch))
    throw new Error(`the batch is ${batch}, but the network was compiled for 1 to ${program.batch}`);
  return batch;
}
