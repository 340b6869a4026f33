import { loadOnnx } from './formats/load';
import type { Source } from './formats/source';
import type { Graph } from './graph/graph';

/** The shipped detectors: BlazeFace for 256 x 256 pixels, or for 128 x 128 with a sixth of the computation. */
export type DetectorName = 'accurate' | 'fast';

const IN_CACHE = '/.vite/deps/weights/';

/**
 * Vite's development server copies the engine's code into its cache, but not the models. An address of a model in the
 * cache is replaced by its address in the package. Other addresses are returned unchanged: those of Next.js are
 * relative, and `new URL` would reject them.
 */
const outsideCache = (url: URL): URL =>
  url.href.includes(IN_CACHE) ? new URL(url.href.replace(IN_CACHE, '/mien-gpu/dist/weights/')) : url;

/**
 * Addresses of the shipped models: in `weights/` of a checkout, in `dist/weights/` of the package. They are written as
 * literals, because bundlers find the files through `new URL('..', import.meta.url)`. Our own build must not do that,
 * because it would embed the models in the code; scripts/build-plugins.ts inserts the addresses in the package instead.
 */
export const shippedModels = {
  /** Address of a shipped detector. Default: `accurate`. */
  detector: (name: DetectorName = 'accurate'): URL =>
    outsideCache(
      name === 'fast'
        ? new URL(/* @vite-ignore */ '../weights/face/blazeface-128.onnx', import.meta.url)
        : new URL(/* @vite-ignore */ '../weights/face/blazeface-256.onnx', import.meta.url),
    ),
  /** Address of the shipped expression model: a CNN followed by an SVM. */
  expression: (): URL =>
    outsideCache(new URL(/* @vite-ignore */ '../weights/expression.onnx', import.meta.url)),
};

/**
 * Loads the models of a recognizer. Default: the shipped models.
 * @throws the errors of `loadOnnx`; for a shipped model that is missing, the message also contains the remedy
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
