/**
 * A model as data: nodes with ONNX's operator and attribute names, joined by the names of values. What stands
 * here knows no device.
 */

/** `int64` and `bool` are held as numbers in float64: they are shapes, axes and indices, never much data. */
export type Constant =
  | { readonly type: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'int64' | 'bool'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly type: 'string'; readonly shape: readonly number[]; readonly data: readonly string[] };

export type Attribute = number | string | readonly number[] | readonly string[] | Constant;

export interface Node {
  /** ONNX's op_type. */
  readonly op: string;
  /** Empty for ONNX's own operators, else such as `ai.onnx.ml`. */
  readonly domain: string;
  /** For errors and labels: the node's name, or its first output's. */
  readonly name: string;
  /** An empty name stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface GraphInput {
  readonly name: string;
  /** A text is a symbolic dimension; only the first, the batch, may stay one. */
  readonly shape: readonly (number | string)[];
}

export interface Graph {
  readonly name: string;
  /** Of ONNX's own operators. */
  readonly opset: number;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly string[];
  /** In topological order. */
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Constant>;
}

export const floats = (shape: readonly number[], data: Float32Array | readonly number[]): Constant => ({
  type: 'float32',
  shape,
  data: data instanceof Float32Array ? data : Float32Array.from(data),
});

export const integers = (
  values: readonly number[],
  shape: readonly number[] = [values.length],
): Constant => ({
  type: 'int64',
  shape,
  data: Float64Array.from(values),
});

/** The product of a shape's dimensions. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

export const shapeText = (shape: readonly (number | string)[]): string => `(${shape.join(',')})`;

/** `name`, or that with strokes behind it until nothing else is called so. */
export function unusedName(name: string, isTaken: (name: string) => boolean): string {
  let free = name;
  while (isTaken(free)) free += "'";
  return free;
}

/** How an error speaks of a node: `Conv "stem"`. */
export const nodeText = (node: Node): string =>
  `${node.domain ? `${node.domain}.` : ''}${node.op} "${node.name}"`;

/** An attribute that is one number. */
export function numberOf(node: Node, name: string, otherwise: number): number {
  const value = node.attributes[name] ?? otherwise;
  if (typeof value !== 'number') throw new Error(`${nodeText(node)}: attribute ${name} is no number`);
  return value;
}

/** An attribute that is a list of numbers. */
export function numbersOf(node: Node, name: string, otherwise: readonly number[] = []): readonly number[] {
  const value = node.attributes[name] ?? otherwise;
  if (!Array.isArray(value) || value.some((v) => typeof v !== 'number'))
    throw new Error(`${nodeText(node)}: attribute ${name} is no list of numbers`);
  return value as readonly number[];
}

/** An attribute that is a text. */
export function textOf(node: Node, name: string, otherwise: string): string {
  const value = node.attributes[name] ?? otherwise;
  if (typeof value !== 'string') throw new Error(`${nodeText(node)}: attribute ${name} is no text`);
  return value;
}

/** An attribute that is a list of texts. */
export function textsOf(node: Node, name: string): readonly string[] {
  const value = node.attributes[name] ?? [];
  if (!Array.isArray(value) || value.some((v) => typeof v !== 'string'))
    throw new Error(`${nodeText(node)}: attribute ${name} is no list of texts`);
  return value as readonly string[];
}
