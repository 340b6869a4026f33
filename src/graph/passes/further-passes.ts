/** The passes that small image classifiers do not need. They are downloaded when a model needs them. */

export { liftSignals } from './lift-signals';
export { findActivations } from './patterns';
export { productsToEinsum } from './products';
