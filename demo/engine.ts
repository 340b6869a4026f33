/** The recognizer of the page: opens it, opens it again after a loss, and replaces its face classifier. */

import { createGpu, createRecognizer, type Gpu, type Graph, type Recognizer } from '../src/index';

/** A face classifier that replaces the built-in one. */
export interface Classifier {
  /** The model from crops to class scores. */
  readonly graph: Graph;
  /** The names of its classes; undefined if the model contains them. */
  readonly labels?: readonly string[];
}

/** What happens to the engine. */
export interface EngineEvents {
  /** The models are being loaded; `why` is a sentence. */
  onLoading(why: string): void;
  /** A GPU was opened; undefined: there is none. */
  onGpu(gpu: Gpu | undefined): void;
  /** The models were loaded in this many milliseconds; undefined: they can't be loaded. */
  onModels(milliseconds: number | undefined): void;
  /** The GPU was lost; `current` is replaced already. */
  onLost(again: boolean): void;
  /** `current` rejects, and does not change any more. */
  onFailed(error: unknown): void;
}

/** The recognizer of the page. */
export interface Engine {
  /** The recognizer in use. It is replaced when the GPU was lost, or by another classifier. */
  readonly current: Promise<Recognizer>;
  /** Whether a classifier replaces the built-in one. */
  readonly isReplaced: boolean;
  /**
   * Uses another classifier, or (undefined) the built-in one again.
   * @throws if the classifier can't be used; the recognizer stays as it is
   */
  use(classifier: Classifier | undefined): Promise<void>;
}

/** Opens the GPU and loads the models. */
export function createEngine(events: EngineEvents): Engine {
  let current: Promise<Recognizer>;
  let builtIn: Recognizer | undefined; // kept while another is used
  let other: { recognizer: Recognizer; classifier: Classifier } | undefined;
  let changes = 0;
  let reopened = false;

  const set = (recognizer: Promise<Recognizer>) => {
    current = recognizer;
    recognizer.catch((error) => {
      if (current === recognizer) events.onFailed(error);
    });
  };

  const open = async (why: string, classifier?: Classifier): Promise<Recognizer> => {
    const gpu = await createGpu().catch((error) => {
      events.onGpu(undefined);
      throw error;
    });
    events.onGpu(gpu);
    events.onLoading(why);
    const started = performance.now();
    try {
      const recognizer = await createRecognizer({ gpu });
      builtIn = recognizer;
      other = undefined;
      if (classifier)
        other = { classifier, recognizer: await createRecognizer({ gpu, ...optionsOf(classifier) }) };
      events.onModels(performance.now() - started);
      void gpu.lost.then(lost);
      return other?.recognizer ?? recognizer;
    } catch (error) {
      events.onModels(undefined);
      gpu.destroy();
      throw new Error(`The models can't be loaded: ${error instanceof Error ? error.message : error}`);
    }
  };

  /**
   * Opens the GPU again, but only once; code that awaits `current` continues. The reason is ignored: the page never
   * destroys a working GPU, and browsers also report `destroyed` after a crash of the GPU process.
   */
  const lost = ({ message: cause }: GPUDeviceLostInfo) => {
    builtIn?.destroy();
    other?.recognizer.destroy();
    changes++;
    const text = `The GPU was lost${cause ? ` (${cause.replace(/\.$/, '')})` : ''}`;
    if (reopened) {
      set(Promise.reject(new Error(`${text}, for the second time. Reload the page to try again`)));
      events.onLost(true);
      return;
    }
    reopened = true;
    const why = `${text} and is opened anew.`;
    events.onLoading(why);
    const classifier = other?.classifier;
    // After a crash, the browser needs a moment to restart the GPU process.
    set(new Promise((resolve) => setTimeout(resolve, 1000)).then(() => open(why, classifier)));
    events.onLost(false);
  };

  set(open('Loading the models.'));
  return {
    get current() {
      return current;
    },
    get isReplaced() {
      return other !== undefined;
    },
    async use(classifier) {
      const change = ++changes;
      const { gpu } = await current;
      const recognizer = classifier && (await createRecognizer({ gpu, ...optionsOf(classifier) }));
      if (change !== changes) {
        recognizer?.destroy();
        throw new Error('Another model was chosen meanwhile');
      }
      const old = other;
      other = recognizer && classifier && { recognizer, classifier };
      if (recognizer ?? builtIn) set(Promise.resolve((recognizer ?? builtIn) as Recognizer));
      old?.recognizer.destroy();
    },
  };
}

const optionsOf = ({ graph, labels }: Classifier) => ({ expression: graph, labels });
