import { type Constant, type Node, numberOf, shapeText, textOf, textsOf } from '../graph';
import { fail, numbers, type Operator, type Shape } from './operator';

/** What a recurrent operator has by default: the number of gates, and the activations of one direction. */
const kinds = {
  RNN: { gates: 1, activations: ['Tanh'] },
  GRU: { gates: 3, activations: ['Sigmoid', 'Tanh'] },
  LSTM: { gates: 4, activations: ['Sigmoid', 'Tanh', 'Tanh'] },
} as const;

/** The directions by their ONNX names. */
const DIRECTIONS = ['forward', 'reverse', 'bidirectional'];

/** The number of directions, 1 or 2. */
export const directionsOf = (node: Node): 1 | 2 =>
  textOf(node, 'direction', 'forward') === 'bidirectional' ? 2 : 1;

/** Whether the activation of an RNN is Relu instead of Tanh. */
export const isRelu = (node: Node): boolean =>
  node.op === 'RNN' && textsOf(node, 'activations')[0] === 'Relu';

function checkAttributes(node: Node): void {
  const direction = textOf(node, 'direction', 'forward');
  if (!DIRECTIONS.includes(direction))
    fail(node, `direction ${direction} is not supported, ${DIRECTIONS.join(', ')} are`);
  const one = isRelu(node) ? ['Relu'] : kinds[node.op as keyof typeof kinds].activations;
  const all = directionsOf(node) === 2 ? [...one, ...one] : one;
  const given = textsOf(node, 'activations');
  if (given.length && given.join() !== all.join())
    fail(node, `activations ${given.join(', ')} are not supported, ${all.join(', ')} are`);
  for (const name of ['clip', 'input_forget', 'layout'])
    if (numberOf(node, name, 0))
      fail(node, `${name} ${numberOf(node, name, 0)} is not supported, ${name === 'clip' ? 'none' : '0'} is`);
}

/** Checks the shape of an input, if the node has it. */
function checkInput(node: Node, name: string, shape: Shape | undefined, wanted: Shape): void {
  if (shape && shape.join() !== wanted.join())
    fail(node, `${name} is ${shapeText(shape)}, but ${shapeText(wanted)} is needed`);
}

/** Accepts the lengths of sequences only if each is the number of steps. */
function checkLengths(node: Node, lengths: Constant | undefined, T: number): void {
  if (!node.inputs[4]) return;
  const short = numbers(node, lengths, 'sequence_lens').find((length) => length !== T);
  if (short !== undefined) fail(node, `sequence_lens contains ${short}; only ${T}, all steps, is supported`);
}

/** x (T,B,I) -> all states (T,D,B,H), the last state (D,B,H) and of LSTM the last cell (D,B,H). */
const recurrentOperator: Operator = {
  check: checkAttributes,
  infer(node, shapes, constants) {
    const [x, w, r, bias, , h, c, peepholes] = shapes;
    if (x.length !== 3) fail(node, `x is ${shapeText(x)}, but (steps,batch,features) is needed`);
    const [T, B, I] = x;
    const D = directionsOf(node);
    const { gates } = kinds[node.op as keyof typeof kinds];
    const H = numberOf(node, 'hidden_size', r[2]);
    checkInput(node, 'W', w, [D, gates * H, I]);
    checkInput(node, 'R', r, [D, gates * H, H]);
    checkInput(node, 'B', bias, [D, 2 * gates * H]);
    checkInput(node, 'initial_h', h, [D, B, H]);
    checkInput(node, 'initial_c', c, [D, B, H]);
    checkInput(node, 'P', peepholes, [D, 3 * H]);
    checkLengths(node, constants[4], T);
    const last = [D, B, H];
    return [[T, D, B, H], last, last];
  },
};

/** Operators that compute a state step by step. */
export const recurrent = {
  RNN: recurrentOperator,
  GRU: recurrentOperator,
  LSTM: recurrentOperator,
} satisfies Readonly<Record<string, Operator>>;
