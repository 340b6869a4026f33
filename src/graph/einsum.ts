/** The equation of an Einsum. */

import { type Node, nodeText, shapeText, textOf } from './graph';

/** An equation, with a label for each axis. */
export interface Equation {
  /** The labels of the axes of each operand, and of the output. The axes of `...` are `.1`, `.2` and so on. */
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
  /** The length of each label's axis. */
  readonly sizes: ReadonlyMap<string, number>;
}

/**
 * Parses the attribute `equation` for operands of these shapes.
 * @throws if the equation is not valid, or does not match the shapes
 */
export function equationOf(node: Node, shapes: readonly (readonly number[])[]): Equation {
  const text = textOf(node, 'equation', '').replace(/\s/g, '');
  const refuse = (what: string): never => {
    throw new Error(`${nodeText(node)}: equation "${text.slice(0, 60)}" ${what}`);
  };
  const [left, right, more] = text.split('->');
  const terms = left.split(',');
  if (
    more !== undefined ||
    [...terms, right ?? ''].some((term) => !/^[A-Za-z]*(\.{3})?[A-Za-z]*$/.test(term))
  )
    refuse('is not valid');
  if (terms.length !== shapes.length) refuse(`is for ${terms.length} operands, but it has ${shapes.length}`);
  const sizes = new Map<string, number>();
  let dots = 0;
  const operands = terms.map((term, at) => {
    const shape = shapes[at];
    const count = shape.length - term.replace('...', '').length;
    if (count < 0 || (count > 0 && !term.includes('...')))
      refuse(`has "${term}" for the axes of ${shapeText(shape)}`);
    dots = Math.max(dots, count);
    const labels = labelsOf(term, count);
    labels.forEach((label, axis) => {
      const known = sizes.get(label) ?? 1;
      if (known !== 1 && shape[axis] !== 1 && known !== shape[axis])
        refuse(`has ${known} and ${shape[axis]} for the same axis`);
      sizes.set(label, Math.max(known, shape[axis]));
    });
    return labels;
  });
  const counts = new Map<string, number>();
  for (const label of operands.flat()) counts.set(label, (counts.get(label) ?? 0) + 1);
  const once = [...counts.keys()].filter((label) => counts.get(label) === 1 && !label.startsWith('.')).sort();
  const output = right === undefined ? [...labelsOf('...', dots), ...once] : labelsOf(right, dots);
  if (output.some((label) => !sizes.has(label)) || new Set(output).size !== output.length)
    refuse('has an output that is not valid');
  return { operands, output, sizes };
}

/** The labels of a term; the axes of `...` are counted from the last, so that shorter operands are aligned at the end. */
const labelsOf = (term: string, dots: number): string[] => {
  const [before, after] = term.split('...');
  const middle = Array.from({ length: dots }, (_, i) => `.${dots - i}`);
  return after === undefined ? [...before] : [...before, ...middle, ...after];
};

/** The equation of a product of matrices, as MatMul computes it. */
export function equationOfMatMul(x: readonly number[], w: readonly number[]): string {
  const [left, m] = x.length === 1 ? ['i', ''] : ['...mi', 'm'];
  const [right, o] = w.length === 1 ? ['i', ''] : ['...io', 'o'];
  return `${left},${right}->${x.length > 1 || w.length > 1 ? '...' : ''}${m}${o}`;
}
