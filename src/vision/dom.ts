/**
 * The type of a platform class, by its name; `never` if the compiler's `lib` does not contain the class. Workers have
 * no HTMLVideoElement and Node has no VideoFrame. Without this type, an unknown class would become `any` in the
 * published types, and every argument would be accepted.
 */
export type Platform<Name extends string> =
  typeof globalThis extends Record<Name, { prototype: infer T }> ? T : never;
