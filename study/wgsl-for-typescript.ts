/** WGSL for readers who know TypeScript: what looks alike and is different. */

/** Rows of the table: WGSL, and what it means. */
export const WGSL_FOR_TYPESCRIPT: readonly (readonly [wgsl: string, meaning: string])[] = [
  ['let a = 1; var b = 2;', 'as const and let in TypeScript: a never changes, b may'],
  [
    'u32, i32, f32',
    'a whole number from 0, a whole number, a floating-point number, each of 32 bits; 1u is a u32',
  ],
  [
    '7u / 2u',
    '3: a division of whole numbers rounds down. (I + 3) / 4 * 4 is I, rounded up to a multiple of 4',
  ],
  ['0u - 1u', '4294967295: a u32 can’t be negative, so it continues from the other end'],
  [
    'vec4f(1, 2, 3, 4)',
    'four numbers in one value; v.x, v.y, v.z, v.w are its parts; + - * / work on all four at once',
  ],
  ['mat4x4f', '16 numbers; m * v is the matrix times the vector: 16 multiply-adds in one expression'],
  ['select(a, b, condition)', 'condition ? b : a, in this order'],
  ['override N: u32;', 'a constant whose value is given before the kernel is compiled'],
  ['@group(0) @binding(1)', 'the number under which the program passes a buffer to the kernel'],
  ['var<storage, read> x: array<f32>;', 'a buffer that the kernel reads'],
  ['var<workgroup> t: array<f32, 64>;', 'memory that one workgroup shares'],
  [
    '@builtin(global_invocation_id) id',
    'a value that the GPU passes to main: here the number of the invocation along x, y and z',
  ],
  ['@workgroup_size(8, 8)', 'a workgroup has 8 x 8 invocations'],
];
