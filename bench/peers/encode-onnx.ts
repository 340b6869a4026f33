/** A graph -> an ONNX file, for the peers: what the engine itself only reads. */

import { PbfWriter } from 'pbf';
import type { Attribute, Constant, Graph, GraphInput, Node } from '../../src';

const FLOAT = 1;
const INT64 = 7;
/** Attributes that ONNX has as one float; other single numbers are integers. */
const FLOATS = new Set(['alpha', 'beta', 'epsilon']);

/** @throws if a constant is neither of float32 nor of int64 */
export function encodeOnnx(graph: Graph): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, 8); // IR version
  pbf.writeMessage(7, writeGraph, graph);
  pbf.writeMessage(
    8,
    (opset: number, p: PbfWriter) => {
      p.writeStringField(1, '');
      p.writeVarintField(2, opset);
    },
    graph.opset,
  );
  return pbf.finish();
}

function writeGraph(graph: Graph, pbf: PbfWriter): void {
  for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, graph.name || 'graph');
  for (const entry of graph.constants) pbf.writeMessage(5, writeTensor, entry);
  for (const input of graph.inputs) pbf.writeMessage(11, writeValueInfo, input);
  for (const name of graph.outputs) pbf.writeMessage(12, writeValueInfo, { name, shape: undefined });
}

function writeNode(node: Node, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, node.name);
  pbf.writeStringField(4, node.op);
  for (const entry of Object.entries(node.attributes)) pbf.writeMessage(5, writeAttribute, entry);
}

/** AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20 (FLOAT 1, INT 2, STRING 3, INTS 7). */
function writeAttribute([name, value]: [string, Attribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (typeof value === 'string') {
    pbf.writeStringField(4, value);
    pbf.writeVarintField(20, 3);
  } else if (typeof value === 'number' && FLOATS.has(name)) {
    pbf.writeFloatField(2, value);
    pbf.writeVarintField(20, 1);
  } else if (typeof value === 'number') {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, 2);
  } else if (Array.isArray(value) && value.every((v) => typeof v === 'number')) {
    for (const v of value) pbf.writeVarintField(8, v);
    pbf.writeVarintField(20, 7);
  } else throw new Error(`attribute ${name} is of a kind that is not written`);
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9. */
function writeTensor([name, constant]: [string, Constant], pbf: PbfWriter): void {
  for (const d of constant.shape) pbf.writeVarintField(1, d);
  if (constant.type === 'float32') pbf.writeVarintField(2, FLOAT);
  else if (constant.type === 'int64') pbf.writeVarintField(2, INT64);
  else throw new Error(`constant ${name} is ${constant.type}`);
  pbf.writeStringField(8, name);
  const data = constant.type === 'float32' ? constant.data : BigInt64Array.from(constant.data, BigInt);
  pbf.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1, dim_param 2 } } } }. */
function writeValueInfo(
  { name, shape }: { name: string; shape?: GraphInput['shape'] },
  pbf: PbfWriter,
): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(
    2,
    (_, type: PbfWriter) =>
      type.writeMessage(
        1,
        (_, tensor: PbfWriter) => {
          tensor.writeVarintField(1, FLOAT);
          if (shape) tensor.writeMessage(2, writeShape, shape);
        },
        0,
      ),
    0,
  );
}

function writeShape(shape: GraphInput['shape'], pbf: PbfWriter): void {
  for (const d of shape)
    pbf.writeMessage(
      1,
      (dimension: number | string, p: PbfWriter) => {
        if (typeof dimension === 'number') p.writeVarintField(1, dimension);
        else p.writeStringField(2, dimension);
      },
      d,
    );
}
