/**
 * A model as data: nodes with ONNX's operator and attribute names, joined by the names of values. What stands
 * here knows no device.
 */

/** A tensor of an element type. */
export interface TensorOf<Type extends string, Data> {
  /** The element type, by ONNX's name. */
  readonly type: Type;
  /** Its dimensions; `[]` for a single number. */
  readonly shape: readonly number[];
  /** Its elements, row-major. */
  readonly data: Data;
}

/**
 * A tensor that is known beforehand. `int64` and `bool` are stored as numbers in float64: they are shapes, axes and
 * indices, never much data.
 */
export type Constant =
  | TensorOf<'float32', Float32Array>
  | TensorOf<'int64' | 'bool', Float64Array>
  | TensorOf<'string', readonly string[]>;

/** The value of a node's attribute; tensors are constants. */
export type Attribute = number | string | readonly number[] | readonly string[] | Constant;

/** One operation of a graph. */
export interface Node {
  /** ONNX's op_type. */
  readonly op: string;
  /** Empty for ONNX's own operators, else such as `ai.onnx.ml`. */
  readonly domain: string;
  /** For errors and labels: the node's name, or its first output's. */
  readonly name: string;
  /** An empty name stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  /** The names of the values that it makes. */
  readonly outputs: readonly string[];
  /** By ONNX's names; absent ones have ONNX's defaults. */
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A value that is given to each run. */
export interface GraphInput {
  /** The value's name. */
  readonly name: string;
  /** A text is a symbolic dimension; only the first, the batch, may stay one. */
  readonly shape: readonly (number | string)[];
}

/** A model: nodes that read and make named values. */
export interface Graph {
  /** The model's name, for labels and errors. */
  readonly name: string;
  /** Of ONNX's own operators. */
  readonly opset: number;
  /** What each run is given. */
  readonly inputs: readonly GraphInput[];
  /** The names of the values that a run returns. */
  readonly outputs: readonly string[];
  /** In topological order. */
  readonly nodes: readonly Node[];
  /** Values known beforehand, such as weights, by name. */
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
