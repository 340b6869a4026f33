import { numberOf, numbersOf, shapeText, sizeOf } from '../graph';
import { broadcast } from '../strides';
import { fail, type Operator } from './operator';

const binary: Operator = {
  infer(node, [x, z]) {
    const y = broadcast(x, z);
    return [y ?? fail(node, `shapes ${shapeText(x)} and ${shapeText(z)} don't fit together`)];
  },
};

/** Operators that compute each number of the output separately. */
export const elementwise = {
  PRelu: {
    infer(node, [x, slope]) {
      const fits = broadcast(x, slope)?.join() === x.join();
      return fits ? [x] : fail(node, `slope is ${shapeText(slope)}, x is ${shapeText(x)}`);
    },
  },
  Add: binary,
  Sub: binary,
  Mul: binary,
  Div: binary,
  BatchNormalization: {
    check(node) {
      if (numberOf(node, 'training_mode', 0)) fail(node, 'training_mode 1 is not supported');
      if (!numberOf(node, 'spatial', 1)) fail(node, 'spatial 0 is not supported'); // until opset 8
    },
    infer(node, [x, ...parameters]) {
      for (const p of parameters)
        if (sizeOf(p) !== x[1]) fail(node, `has parameters for ${sizeOf(p)} channels; x has ${x[1]}`);
      return [x];
    },
  },
  'ai.onnx.ml.Scaler': {
    infer(node, [x]) {
      const features = x[x.length - 1];
      for (const name of ['offset', 'scale']) {
        const { length } = numbersOf(node, name);
        if (length !== 1 && length !== features)
          fail(node, `${name} has ${length} numbers for ${features} features`);
      }
      return [x];
    },
  },
} satisfies Readonly<Record<string, Operator>>;
