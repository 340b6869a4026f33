/**
 * Where the shipped models lie: beside this folder in a checkout, beside `dist/` in the package. The addresses are
 * spelt out because bundlers follow `new URL('..', import.meta.url)` to the files; our own build must not, since
 * it would write the models into the code.
 */
export const shippedModels = {
  detector: (): URL => new URL(/* @vite-ignore */ '../weights/face/blazeface-256.onnx', import.meta.url),
  expression: (): URL => new URL(/* @vite-ignore */ '../weights/expression.onnx', import.meta.url),
};
