import { loadOnnx, type Source } from './formats/load';
import type { Graph } from './graph/graph';

/** The shipped detectors: `accurate` is BlazeFace for 256 x 256, `fast` for 128 x 128, a sixth of the work. */
export type DetectorName = 'accurate' | 'fast';

const IN_CACHE = '/.vite/deps/weights/';

/**
 * Vite's development server moves the engine's code into its cache, and leaves the models where they are. The address
 * of a model in that cache is turned into that of the package. All other addresses stay as they are: those of Next.js
 * are relative, which a new URL would refuse.
 */
const outsideCache = (url: URL): URL =>
  url.href.includes(IN_CACHE) ? new URL(url.href.replace(IN_CACHE, '/mien-gpu/dist/weights/')) : url;

/**
 * Addresses of the shipped models: beside this folder in a checkout, in `dist/weights/` in the package. They are
 * spelt out because bundlers follow `new URL('..', import.meta.url)` to the files. Our own build must not follow them,
 * since it would write the models into the code; it puts the package's addresses in (scripts/build-plugins.ts).
 */
export const shippedModels = {
  /** Default `accurate`. */
  detector: (name: DetectorName = 'accurate'): URL =>
    outsideCache(
      name === 'fast'
        ? new URL(/* @vite-ignore */ '../weights/face/blazeface-128.onnx', import.meta.url)
        : new URL(/* @vite-ignore */ '../weights/face/blazeface-256.onnx', import.meta.url),
    ),
  /** The CNN and SVM that read an expression. */
  expression: (): URL =>
    outsideCache(new URL(/* @vite-ignore */ '../weights/expression.onnx', import.meta.url)),
};

/**
 * Loads the models of a recognizer: those given, else the shipped ones.
 * @throws as `loadOnnx`; for a shipped model that isn't there with what to do about it
 */
export function loadModels({
  detector = 'accurate',
  expression,
}: {
  readonly detector?: DetectorName | Source | Graph;
  readonly expression?: Source | Graph;
}): Promise<[detector: Graph, expression: Graph]> {
  const isNamed = detector === 'accurate' || detector === 'fast';
  return Promise.all([
    isNamed ? loadShipped(shippedModels.detector(detector)) : graphOf(detector),
    expression === undefined ? loadShipped(shippedModels.expression()) : graphOf(expression),
  ]);
}

const graphOf = async (model: Source | Graph): Promise<Graph> =>
  typeof model === 'object' && 'nodes' in model ? model : loadOnnx(model);

const loadShipped = (address: URL): Promise<Graph> =>
  loadOnnx(address).catch((error: Error) => {
    throw new Error(
      `${error.message}. Vite's development server may need optimizeDeps: { exclude: ['mien-gpu'] }; ` +
        'elsewhere, pass the addresses of the models as detector and expression',
    );
  });
