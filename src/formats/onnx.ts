/**
 * ONNX files -> Graph. The package pbf reads the protobuf wire format. This file reads the messages, by the field
 * numbers of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */

import { PbfReader } from 'pbf';
import {
  type Attribute,
  type Constant,
  elementTypeOf,
  type Graph,
  type GraphInput,
  type Node,
} from '../graph/graph';
import { type ExternalData, readTensor } from './onnx-tensor';
import { message, nested, text } from './protobuf';

/** The first and the last known opset. The operators of later ones are probably the same. */
const OPSETS = [7, 28] as const;

/** A model, and the tensors that are still missing from its constants. */
export interface ParsedOnnx {
  /** The model. */
  readonly graph: Graph;
  /** The tensors whose data is in other files, with a function that adds one to the graph. */
  readonly missing: readonly { readonly location: string; add(file: Uint8Array): void }[];
}

/**
 * Reads an ONNX file.
 * @param file the file's name in errors
 * @throws if the bytes are not an ONNX model, if they are cut off, if the graph is inconsistent, or if it contains what
 *   is not supported: sparse initializers, or an opset before 7
 */
export function parseOnnx(bytes: Uint8Array, file = 'model'): ParsedOnnx {
  try {
    // A Uint8Array, since the slice() of Node's Buffer would not copy.
    return readModel(new PbfReader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  } catch (error) {
    const { message } = error as Error;
    // These are the errors of pbf for bytes that are not protobuf.
    const noProtobuf = error instanceof RangeError || /^(Unimplemented type|Expected varint)/.test(message);
    throw new Error(`${file}: ${noProtobuf ? `not an ONNX file, or a damaged one (${message})` : message}`);
  }
}

function readModel(pbf: PbfReader): ParsedOnnx {
  let irVersion = 0;
  let read: ReturnType<typeof readGraph> | undefined;
  const opsets = new Map<string, number>();
  message(pbf, pbf.length, {
    1: (p) => {
      irVersion = p.readVarint();
    },
    7: (p) => {
      read = readGraph(p);
    },
    8: (p) => {
      let domain = '';
      let version = 0;
      nested(p, {
        1: (q) => {
          domain = text(q);
        },
        2: (q) => {
          version = q.readVarint();
        },
      });
      opsets.set(domain === 'ai.onnx' ? '' : domain, version);
    },
  });
  if (!irVersion || !read) throw new Error('not an ONNX file: it contains no model');
  const opset = opsets.get('') ?? OPSETS[1]; // models with only ai.onnx.ml operators do not name one
  if (opset < OPSETS[0])
    throw new Error(`opset ${opset} is not supported, ${OPSETS[0]} and later are; export the model again`);
  const warnings =
    opset > OPSETS[1] ? [`the model uses opset ${opset}; Mien knows opsets up to ${OPSETS[1]}`] : [];
  return { graph: { ...read.graph, opset, warnings }, missing: read.missing };
}

function readGraph(pbf: PbfReader): Pick<ParsedOnnx, 'missing'> & { graph: Omit<Graph, 'opset'> } {
  let name = '';
  const nodes: Node[] = [];
  const constants = new Map<string, Constant>();
  const external = new Map<string, ExternalData>();
  const inputs: ValueInfo[] = [];
  const outputs: string[] = [];
  nested(pbf, {
    1: (p) => nodes.push(readNode(p)),
    2: (p) => {
      name = text(p);
    },
    5: (p) => {
      const tensor = readTensor(p);
      if (tensor.external) external.set(tensor.name, tensor.external);
      else constants.set(tensor.name, tensor.constant);
    },
    11: (p) => inputs.push(readValueInfo(p)),
    12: (p) => outputs.push(readValueInfo(p).name),
    15: () => {
      throw new Error('sparse initializers are not supported');
    },
  });
  if (!nodes.length) throw new Error('the graph contains no nodes');
  const isConstant = (name: string) => constants.has(name) || external.has(name);
  const graph = {
    name,
    nodes: inOrder(nodes, [...inputs.map((input) => input.name), ...constants.keys(), ...external.keys()]),
    constants,
    // Before IR version 4, initializers were also listed as inputs.
    inputs: inputs.filter((input) => !isConstant(input.name)).map(asInput),
    outputs,
  };
  const missing = [...external].map(([name, { location, read }]) => ({
    location,
    add: (file: Uint8Array) => void constants.set(name, read(file)),
  }));
  return { graph, missing };
}

function asInput({ name, shape, dataType }: ValueInfo): GraphInput {
  const type = elementTypeOf(dataType);
  if (!type)
    throw new Error(`input "${name}" has data type ${dataType}: only tensors of numbers are supported`);
  return { name, shape, type };
}

/** Sorts the nodes: each one after those that compute its inputs. @throws if an input does not exist, or at a cycle */
function inOrder(nodes: readonly Node[], given: readonly string[]): Node[] {
  const known = new Set(['', ...given]);
  const made = new Set<string>();
  for (const node of nodes)
    for (const output of node.outputs) {
      if (output && (made.has(output) || known.has(output)))
        throw new Error(
          `${node.op} "${node.name}": its output "${output}" is also the output of another node`,
        );
      made.add(output);
    }
  for (const node of nodes)
    for (const input of node.inputs)
      if (!known.has(input) && !made.has(input))
        throw new Error(`${node.op} "${node.name}": its input "${input}" is not in the graph`);
  const earlier = new Set(known);
  const isOrdered = nodes.every(({ inputs, outputs }) => {
    const ready = inputs.every((input) => earlier.has(input));
    for (const output of outputs) earlier.add(output);
    return ready;
  });
  if (isOrdered) return [...nodes];
  // Kahn's algorithm: a node is free when all its inputs are known.
  const waits = nodes.map(({ inputs }) => inputs.filter((input) => !known.has(input)).length);
  const readers = new Map<string, number[]>();
  nodes.forEach(({ inputs }, at) => {
    for (const input of inputs) readers.set(input, [...(readers.get(input) ?? []), at]);
  });
  const ordered: Node[] = [];
  const free = nodes.flatMap((_, at) => (waits[at] ? [] : [at])).reverse();
  for (let at = free.pop(); at !== undefined; at = free.pop()) {
    ordered.push(nodes[at]);
    for (const output of nodes[at].outputs)
      for (const reader of (readers.get(output) ?? []).toReversed())
        if (--waits[reader] === 0) free.push(reader);
  }
  const stuck = nodes.find((_, at) => waits[at] > 0);
  if (stuck) throw new Error(`the graph has a cycle through ${stuck.op} "${stuck.name}"`);
  return ordered;
}

function readNode(pbf: PbfReader): Node {
  const node = { op: '', domain: '', name: '', inputs: [] as string[], outputs: [] as string[] };
  const attributes: Record<string, Attribute> = {};
  nested(pbf, {
    1: (p) => node.inputs.push(text(p)),
    2: (p) => node.outputs.push(text(p)),
    3: (p) => {
      node.name = text(p);
    },
    4: (p) => {
      node.op = text(p);
    },
    5: (p) => readAttribute(p, attributes),
    7: (p) => {
      node.domain = text(p);
    },
  });
  if (node.domain === 'ai.onnx') node.domain = '';
  return { ...node, name: node.name || node.outputs[0] || node.op, attributes };
}

function readAttribute(pbf: PbfReader, attributes: Record<string, Attribute>): void {
  let name = '';
  let type = 0;
  let [single, list]: [Attribute | undefined, number[] | undefined] = [undefined, undefined];
  const strings: string[] = [];
  nested(pbf, {
    1: (p) => {
      name = text(p);
    },
    2: (p) => {
      single = p.readFloat();
    },
    3: (p) => {
      single = p.readVarint(true);
    },
    4: (p) => {
      single = text(p);
    },
    5: (p) => {
      const tensor = readTensor(p);
      if (tensor.external) throw new Error(`attribute "${name}" is in another file, which is not supported`);
      single = tensor.constant;
    },
    7: (p) => {
      list = p.readPackedFloat(list);
    },
    8: (p) => {
      list = p.readPackedVarint(list, true);
    },
    9: (p) => strings.push(text(p)),
    20: (p) => {
      type = p.readVarint();
    },
  });
  // AttributeProto.type is 6 for floats, 7 for ints, 8 for strings; protobuf does not store empty lists.
  const value =
    type === 8 || strings.length ? strings : (list ?? single ?? (type === 6 || type === 7 ? [] : undefined));
  if (value === undefined) {
    // Writers of protobuf 3 may leave out default values: FLOAT 0, INT 0 and STRING ''.
    if (type === 1 || type === 2) attributes[name] = 0;
    else if (type === 3) attributes[name] = '';
  } else attributes[name] = value;
}

type ValueInfo = Omit<GraphInput, 'type'> & { readonly dataType: number };

function readValueInfo(pbf: PbfReader): ValueInfo {
  let name = '';
  let dataType = 0; // neither a tensor nor numbers
  const shape: (number | string)[] = [];
  const dimensions = (p: PbfReader) => nested(p, { 1: (q) => shape.push(readDimension(q)) });
  nested(pbf, {
    1: (p) => {
      name = text(p);
    },
    2: (p) =>
      nested(p, {
        1: (q) =>
          nested(q, {
            1: (r) => {
              dataType = r.readVarint();
            },
            2: dimensions,
          }),
      }),
  });
  // A dimension without a name is called after its place, such as `x.2`.
  return { name, shape: shape.map((d, axis) => d || `${name}.${axis}`), dataType };
}

/** A dimension, or its name; an empty text if it has neither. */
function readDimension(pbf: PbfReader): number | string {
  let dimension: number | string = '';
  nested(pbf, {
    1: (p) => {
      dimension = p.readVarint(true);
    },
    2: (p) => {
      dimension = text(p);
    },
  });
  // Paddle calls every open dimension `?`, those of different sizes too.
  return dimension === '?' || (typeof dimension === 'number' && dimension <= 0) ? '' : dimension;
}
