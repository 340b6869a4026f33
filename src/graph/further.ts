/** What is known of operators that small image classifiers do not need. It is downloaded when a model needs it. */

import { broadcast } from './operators/broadcast';
import { einsum } from './operators/einsum';
import { functions } from './operators/functions';
import { ml } from './operators/ml';
import { normalize } from './operators/normalize';
import type { Operator } from './operators/operator';
import { order } from './operators/order';
import { recurrent } from './operators/recurrent';
import { reduce } from './operators/reduce';
import { resize } from './operators/resize';
import { select } from './operators/select';
import { spread } from './operators/spread';
import { transposed } from './operators/transposed';
import { findChoices } from './passes/choose';
import { expansions } from './passes/expand';
import { folds } from './passes/fold';

/** The families. Each is a file, here and in network/operators/, where its kernels are downloaded with it. */
export const families = {
  broadcast,
  einsum,
  functions,
  ml,
  normalize,
  order,
  recurrent,
  reduce,
  resize,
  select,
  spread,
  transposed,
};

/** The operators of all families, with the same keys as the table of operators.ts. */
export const operators = Object.assign({}, ...Object.values(families)) as Readonly<
  Record<FurtherName, Operator>
>;

/** The name of a family. */
export type FamilyName = keyof typeof families;

/** A key of `operators`. */
export type FurtherName = { [F in FamilyName]: keyof (typeof families)[F] }[FamilyName];

/** All of it, for a KnownGraph. */
export const further = { operators, folds, expansions, findChoices };
