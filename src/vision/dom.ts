/**
 * A class of the platform by its name: its type where the compiler's `lib` has it, else `never`. Workers have no
 * HTMLVideoElement and Node has no VideoFrame, and a type that the compiler doesn't know would let everything pass.
 */
export type Platform<Name extends string> =
  typeof globalThis extends Record<Name, { prototype: infer T }> ? T : never;
