/**
 * A model as data: nodes with ONNX's operator and attribute names, connected by the names of values. Nothing here needs
 * a device.
 */

/** A constant tensor with one element type. */
export interface TensorOf<Type extends string, Data> {
  /** The element type, with ONNX's name. */
  readonly type: Type;
  /** The dimensions; `[]` for a single number. */
  readonly shape: readonly number[];
  /** The elements, row-major. */
  readonly data: Data;
}

/**
 * A tensor whose values are part of the model. `int64` and `bool` are stored as float64 numbers: they are only used for
 * shapes, axes and indices, which are small.
 */
export type Constant =
  | TensorOf<'float32', Float32Array>
  | (TensorOf<'int64', Float64Array> & {
      /** TensorProto.DataType, if the file has another type of integers than int64. */
      readonly dataType?: number;
    })
  | TensorOf<'bool', Float64Array>
  | TensorOf<'string', readonly string[]>;

/** The value of a node's attribute. A tensor is a Constant. */
export type Attribute = number | string | readonly number[] | readonly string[] | Constant;

/** One operation of a graph. */
export interface Node {
  /** The operator: ONNX's op_type. */
  readonly op: string;
  /** The operator's domain: empty for ONNX's own operators, else for example `ai.onnx.ml`. */
  readonly domain: string;
  /** The node's name, or that of its first output; for errors and labels. */
  readonly name: string;
  /** The names of the values that it reads. An empty name is an optional input that is left out. */
  readonly inputs: readonly string[];
  /** The names of the values that it computes. */
  readonly outputs: readonly string[];
  /** The attributes, by ONNX's names. Absent attributes have ONNX's defaults. */
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/**
 * What the numbers of a value are. All of them are f32 on the GPU: `integer` and `bool` are whole numbers, exact up to
 * 2^24; `label` is the position of a class in an SVM's list of classes.
 */
export type ElementType = 'float' | 'integer' | 'bool' | 'label';

/** What numbers of an element type of ONNX are, by TensorProto.DataType; undefined if the type is not supported. */
export function elementTypeOf(dataType: number): ElementType | undefined {
  if ([1, 10, 11].includes(dataType)) return 'float'; // FLOAT, FLOAT16, DOUBLE
  if ([2, 3, 4, 5, 6, 7, 12, 13].includes(dataType)) return 'integer'; // UINT8 to UINT64
  return dataType === 9 ? 'bool' : undefined;
}

/** A value that the caller sets for each run. */
export interface GraphInput {
  /** The value's name. */
  readonly name: string;
  /**
   * The dimensions. A text is a symbolic dimension. The first may stay symbolic: it is the batch. Sizes for the others
   * are an option of `compile`, by this text.
   */
  readonly shape: readonly (number | string)[];
  /** What its numbers are; default: float. */
  readonly type?: ElementType;
}

/** A model: nodes that read and compute named values. */
export interface Graph {
  /** The model's name, for labels and errors. */
  readonly name: string;
  /** The version of ONNX's own operators. */
  readonly opset: number;
  /** The values that the caller sets for each run. */
  readonly inputs: readonly GraphInput[];
  /** The names of the values that a run returns. */
  readonly outputs: readonly string[];
  /** The nodes in topological order: each one after those that compute its inputs. */
  readonly nodes: readonly Node[];
  /** Values that are part of the model, such as weights, by name. */
  readonly constants: ReadonlyMap<string, Constant>;
  /** What may be wrong with the model although it can be run, one sentence each; default: nothing. */
  readonly warnings?: readonly string[];
}

/** Creates a float32 constant. */
export const floats = (shape: readonly number[], data: Float32Array | readonly number[]): Constant => ({
  type: 'float32',
  shape,
  data: data instanceof Float32Array ? data : Float32Array.from(data),
});

/** Creates an int64 constant; by default a list. */
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

/** A shape as errors print it, for example `(1,3,64,64)`. */
export const shapeText = (shape: readonly (number | string)[]): string => `(${shape.join(',')})`;

/** Returns `name`, with as many apostrophes at its end as are needed for a name that is not taken. */
export function unusedName(name: string, isTaken: (name: string) => boolean): string {
  let free = name;
  while (isTaken(free)) free += "'";
  return free;
}

/** A node as errors name it, for example `Conv "stem"`. */
export const nodeText = (node: Node): string =>
  `${node.domain ? `${node.domain}.` : ''}${node.op} "${node.name}"`;

/** Returns an attribute that is one number, or `otherwise` if it is absent. @throws if it is not a number */
export function numberOf(node: Node, name: string, otherwise: number): number {
  const value = node.attributes[name] ?? otherwise;
  if (typeof value !== 'number') throw new Error(`${nodeText(node)}: attribute ${name} is not a number`);
  return value;
}

/** Returns an attribute that is a list of numbers, or `otherwise` if it is absent. @throws if it is not such a list */
export function numbersOf(node: Node, name: string, otherwise: readonly number[] = []): readonly number[] {
  const value = node.attributes[name] ?? otherwise;
  if (!Array.isArray(value) || value.some((v) => typeof v !== 'number'))
    throw new Error(`${nodeText(node)}: attribute ${name} is not a list of numbers`);
  return value as readonly number[];
}

/** Returns an attribute that is a text, or `otherwise` if it is absent. @throws if it is not a text */
export function textOf(node: Node, name: string, otherwise: string): string {
  const value = node.attributes[name] ?? otherwise;
  if (typeof value !== 'string') throw new Error(`${nodeText(node)}: attribute ${name} is not a string`);
  return value;
}

/** Returns an attribute that is a list of texts; an empty list if it is absent. @throws if it is not such a list */
export function textsOf(node: Node, name: string): readonly string[] {
  const value = node.attributes[name] ?? [];
  if (!Array.isArray(value) || value.some((v) => typeof v !== 'string'))
    throw new Error(`${nodeText(node)}: attribute ${name} is not a list of strings`);
  return value as readonly string[];
}

/** Joins texts for an error, up to about 300 characters, and says how many were left out. */
export function listed(texts: readonly string[], separator = '; '): string {
  const most = 260;
  let text = texts[0].length > most ? `${texts[0].slice(0, most)} ..` : texts[0];
  for (const [i, next] of texts.entries()) {
    if (i === 0) continue;
    if (text.length + next.length > most) return `${text}${separator}and ${texts.length - i} more`;
    text += separator + next;
  }
  return text;
}
