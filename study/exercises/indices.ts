import type { Exercise } from './exercise';

/** Which numbers an invocation reads and writes. */
export const indices: readonly Exercise[] = [
  {
    id: 'thread-index',
    title: 'Which number is mine?',
    idea: 'A kernel is a function that the GPU runs many times at the same time. Each run is called an invocation, and here it computes one number. All invocations run the same code, so each one works out from its index `id` which number it computes. The GPU starts invocations in groups of 64, called workgroups, and arranges them in rows: `groups.x` is the number of workgroups in a row, `id.x` counts the invocations of a row, and `id.y` counts the rows.',
    task: 'Compute `at`, the index of the number that this invocation computes. The first row starts at 0, and each row continues the count of the row before it.',
    hint: 'A row has `groups.x * 64` invocations. There are `id.y` rows before the row of this invocation.',
    ...{ kernel: 'elementwise', case: 'Relu: a batch above the workgroup', variant: 'plain' },
    file: 'unary.wgsl',
    gap: {
      lines: '  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)',
      instead: `  // Write here: the index of the number that this invocation computes, instead of 0u.
  let at = 0u;`,
    },
  },
  {
    id: 'grey',
    title: 'Grey by the average',
    idea: 'The colour of a pixel is three numbers: red, green and blue. WGSL, the language of kernels, stores them in a `vec3f`, a value of three floating-point numbers, and calls its parts `.r`, `.g` and `.b`. In a grey picture, a pixel is one number. Here that number is the average of the three colours.',
    task: 'Compute `grey`, the average of the three parts of `colour`.',
    hint: 'Add `colour.r`, `colour.g` and `colour.b`, and divide the sum by 3.',
    ...{ kernel: 'frame', case: 'levels 0..255', variant: 'plain' },
    file: 'frame.wgsl',
    gap: {
      lines: '  let grey = (colour.r + colour.g + colour.b) / 3;',
      instead: `  // Write here: the average of red, green and blue, instead of 0.0.
  let grey = 0.0;`,
    },
  },
  {
    id: 'axes',
    title: 'From a place to indices',
    idea: 'A tensor is an array with several axes, for example rows, columns and channels. A buffer, which is memory of the GPU, has only one axis, so tensors are stored row-major: the index along the last axis counts fastest. In a tensor with axes of the lengths `D0`, `D1` and `D2`, the number at `[i, j, k]` is at the place `(i * D1 + j) * D2 + k`. Divisions and remainders lead back from the place to the indices; a division of whole numbers (`u32`) rounds down.',
    task: 'Compute `j` and `i`, the indices along the middle and the first axis, from the place `at`. The line with `let k` shows how the last index is computed.',
    hint: '`at / D2` is `i * D1 + j`. Its remainder after the division by `D1` is `j`.',
    ...{ kernel: 'elementwise', case: 'Add: like shapes', variant: 'plain' },
    file: 'binary.wgsl',
    gap: {
      lines: `  let j = at / D2 % D1;
  let i = at / D2 / D1;`,
      instead: `  // Write here: the indices along the middle and the first axis, instead of 0u.
  let j = 0u;
  let i = 0u;`,
    },
  },
  {
    id: 'stride',
    title: 'Strides, and a stride of 0',
    idea: 'The stride of an axis is the distance in memory between two neighbours along it. The place of a number is the sum of its indices, each multiplied by the stride of its axis. If a stride is 0, every index along the axis leads to the same number, so a small tensor is repeated without a copy. Here `z` has one number for each picture and channel, and its strides along the rows and columns are 0.',
    task: 'Read `u` from `x` and `v` from `z`, at the indices `i`, `j` and `k` of picture `id.z`. The strides of `x` are `X_B` (from picture to picture), `X0`, `X1` and `X2`; those of `z` are `Z_B`, `Z0`, `Z1` and `Z2`.',
    hint: 'The place in `x` begins with `id.z * X_B + i * X0`.',
    ...{ kernel: 'elementwise', case: 'Mul: a number an item and channel', variant: 'plain' },
    file: 'binary.wgsl',
    gap: {
      lines: `  let u = x[id.z * X_B + i * X0 + j * X1 + k * X2];
  let v = z[id.z * Z_B + i * Z0 + j * Z1 + k * Z2];`,
      instead: `  // Write here: read x and z by their strides, instead of their first numbers.
  let u = x[0];
  let v = z[0];`,
    },
  },
  {
    id: 'bounds',
    title: 'The border of the picture',
    idea: 'A convolution computes each pixel of its result from a window of pixels around it. At the border of the picture, a part of the window lies outside; the pixels there count as 0 and are called padding. In memory, the last pixel of the row above comes before the first pixel of a row, so a kernel that reads outside gets a wrong number and no error. The indices are whole numbers without a sign (`u32`), in which 0 - 1 is 4294967295, so one comparison is enough for both sides.',
    task: 'Skip the columns outside the picture. A column `ix` is outside if it is not below the width `W`.',
    hint: '`continue` starts the next round of the loop. The rows have the same test a few lines above.',
    ...{ kernel: 'conv2d', case: 'one channel, 3x3', variant: 'plain' },
    file: 'conv2d.wgsl',
    gap: {
      lines: '      if (ix >= W) { continue; }',
      instead: '      // Write here: skip the column if it is outside the picture.',
    },
  },
  {
    id: 'layout',
    title: 'Four axes in one array',
    idea: 'Weights are the numbers that a network has learnt. A convolution has one weight for each output channel `o`, input channel `i`, row `ky` and column `kx` of its window; a channel is one of the numbers that a pixel has, such as its red. The weights are stored in this order, row-major: the last index, `kx`, counts fastest. The place of a weight is computed axis by axis: multiply by the length of the next axis, and add its index.',
    task: 'Add the product of the right weight and the input `x[pixel + i]` to `sum`. The axes of `i`, `ky` and `kx` have the lengths `IG`, `KH` and `KW`.',
    hint: 'Begin with `o * IG + i`. Multiply it by `KH` before you add `ky`.',
    ...{ kernel: 'conv2d', case: 'channels below four', variant: 'plain' },
    file: 'conv2d.wgsl',
    gap: {
      lines: '        sum += weight[((o * IG + i) * KH + ky) * KW + kx] * x[pixel + i];',
      instead: `        // Write here: the weight of o, i, ky and kx, instead of the first weight.
        sum += weight[0] * x[pixel + i];`,
    },
  },
  {
    id: 'max-pool',
    title: 'The largest pixel of a window',
    idea: 'Pooling makes a picture smaller: one number takes the place of a window of pixels, and in max pooling it is the largest. Pixels outside the picture must not take part, because a 0 there would be larger than the negative numbers inside. Therefore `largest` starts with the lowest 32-bit float, about -3.4e38, and pixels outside are skipped. A `vec4f` contains four channels of a pixel, and `max` compares all four at once.',
    task: 'Compute the column `ix` in the same way as the row `iy` above, and skip it if it is outside. Then keep the larger of `largest` and the pixel, which is `x[((id.z * H + iy) * W + ix) * CV + c]`.',
    hint: 'The column is `ox * STRIDE_W + kx * DILATION_W - PAD_LEFT`. It is outside if it is not below `W`.',
    ...{ kernel: 'pool', case: 'max: 3x3, stride 2, pads unlike', variant: 'plain' },
    file: 'max-pool.wgsl',
    gap: {
      lines: `      let ix = ox * STRIDE_W + kx * DILATION_W - PAD_LEFT;
      if (ix >= W) { continue; }
      largest = max(largest, x[((id.z * H + iy) * W + ix) * CV + c]);`,
      instead: `      // Write here: the column, the test and the larger pixel, instead of the first pixel of all.
      largest = x[c];`,
    },
  },
];
