import type { Exercise } from './exercise';

/** Numbers that are loaded once and used several times, and sums that need fewer operations. */
export const tiles: readonly Exercise[] = [
  {
    id: 'register-tile',
    title: 'Load once, use eight times',
    idea: 'A GPU needs more time to read a number from memory than to multiply it, so a number that is read should be used often. Here each invocation computes a tile: eight output channels of one pixel, so that an input that it reads serves eight sums. The sums are two variables of type `vec4f` (four numbers each), which the GPU keeps in registers, its fastest memory. The weights are stored as 4 x 4 matrices, called blocks: a block times four inputs gives what is added to four sums.',
    task: 'Multiply the blocks `weight[w]` and `weight[w + 1]` by the four inputs `p0`, and add the products to `a0` and `b0`. Then add 2 to `w`, so that it leads to the next two blocks.',
    hint: '`mat4x4f(weight[w]) * p0` is the product of a matrix and a vector, a `vec4f`.',
    ...{ kernel: 'conv2d', case: 'channels above four', variant: 'tiled 1x8' },
    file: 'conv2d-tiled.wgsl',
    gap: {
      lines: `        let wa = mat4x4f(weight[w]);
        a0 += wa * p0;
        let wb = mat4x4f(weight[w + 1]);
        b0 += wb * p0;
        w += 2;`,
      instead:
        '        // Write here: add the products of two blocks and p0 to a0 and b0, and go to the next blocks.',
    },
  },
  {
    id: 'pooled',
    title: 'Pooling before writing',
    idea: 'Max pooling keeps the largest of each 2 x 2 pixels, and it often follows a convolution. If one invocation computes all four pixels, it can compare them itself: three quarters of the pixels are then never written to memory. The activation, the function that is applied to each result, comes before the comparison. The order matters: the activation of this case, HardSwish, first falls and then rises, so the largest input does not always give the largest output.',
    task: 'Return the largest of the four pixels `a`, `b`, `c` and `d`, after the activation of each one.',
    hint: '`max` compares two `vec4f`s channel by channel. Three calls compare four pixels.',
    ...{ kernel: 'conv2d', case: 'pooled, odd sizes, activated', variant: 'pooled' },
    file: 'conv2d-pooled.wgsl',
    gap: {
      lines: '  return max(max(activate(a), activate(b)), max(activate(c), activate(d)));',
      instead: `  // Write here: the largest of the four activated pixels, instead of the first one.
  return activate(a);`,
    },
  },
  {
    id: 'sharing',
    title: 'A tile for the whole workgroup',
    idea: 'In the product of two matrices, each row of the first is multiplied by each column of the second, so every number is used many times. It would be slow to read it from the memory of the GPU each time. Therefore the 64 invocations of a workgroup first copy a tile, a small part of each matrix, to workgroup memory, which is fast and which they share. Each invocation copies a few numbers, and afterwards it reads what all of them have copied.',
    task: 'Fill the tile of the second matrix: `wTile[e]` contains four neighbouring numbers of one row. The row is `first + e / 8`, and the first of the four columns is `left + e % 8 * 4`. `readW(wAt, row, column)` returns a number of the matrix, or 0 outside it.',
    hint: 'Make a `vec4f` of four calls of `readW`, each with the next column.',
    ...{ kernel: 'matmul', case: 'x and w transposed', variant: 'tiled 32x32' },
    file: 'matmul-tiled.wgsl',
    gap: {
      lines: `      let wi = first + e / 8;
      let o = left + e % 8 * 4;
      wTile[e] = vec4f(readW(wAt, wi, o), readW(wAt, wi, o + 1), readW(wAt, wi, o + 2), readW(wAt, wi, o + 3));`,
      instead: `      // Write here: four neighbouring numbers of a row, instead of the first number of the matrix.
      wTile[e] = vec4f(readW(wAt, 0, 0));`,
    },
  },
  {
    id: 'product-of-tiles',
    title: 'Sixteen products from eight numbers',
    idea: 'Each invocation computes 4 x 4 numbers of the product of two matrices. They are in four variables of type `vec4f` (four numbers each), which the GPU keeps in registers, its fastest memory. In each round, the invocation reads `xs`, a number of each of four rows, and `ws`, a number of each of four columns. Each number of a row is multiplied by each number of a column, so these eight numbers serve 16 multiplications.',
    task: 'Add the 16 products to the four sums: `sum0` is for the first row, whose number is `xs.x`. `sum1`, `sum2` and `sum3` are for the other three rows.',
    hint: 'A number times a `vec4f` is a `vec4f`: `xs.x * ws` contains the four products of the first row.',
    ...{ kernel: 'matmul', case: 'one below a tile', variant: 'tiled 32x32' },
    file: 'matmul-tiled.wgsl',
    gap: {
      lines: `      sum0 += xs.x * ws;
      sum1 += xs.y * ws;
      sum2 += xs.z * ws;
      sum3 += xs.w * ws;`,
      instead: '      // Write here: add the products of each row and each column to the sums.',
    },
  },
  {
    id: 'rbf',
    title: 'Distances from products',
    idea: 'A support vector machine (SVM) compares its input x with examples from its training, the support vectors v. The RBF kernel gives exp(-gamma |x - v|²), which is 1 for equal vectors and close to 0 for distant ones. The squared distance |x - v|² is |x|² + |v|² - 2 x·v, where x·v is the sum of the products of their numbers; such sums are what GPUs compute fastest. Rounding can make a very small distance negative, so it is replaced by 0.',
    task: 'Return `kernelOf()` of the squared distances to four support vectors, none of them below 0. `xx[row]` is |x|², `vv[vectors]` contains |v|² of the four vectors, and `products` contains x·v of each.',
    hint: '`max(distances, vec4f())` replaces negative numbers by 0, because `vec4f()` is four zeros.',
    ...{
      kernel: 'svm',
      case: 'decisions of rows, rbf: 9 rows, 3 + 129 + 17 vectors of 12',
      variant: 'sums 8x8',
    },
    file: 'svm-sums.wgsl',
    gap: {
      lines: '  return kernelOf(max(xx[row] + vv[vectors] - 2 * products, vec4f()));',
      instead: `  // Write here: the squared distances, from which the products are missing here.
  return kernelOf(xx[row] + vv[vectors]);`,
    },
  },
  {
    id: 'quads',
    title: 'Four neighbours share what they load',
    idea: 'A subgroup is a part of a workgroup whose invocations the GPU runs in lockstep: all of them execute the same instruction at the same time. Four neighbours in a subgroup are a quad, and they can pass values to each other without memory. `quadBroadcast(v, 0u)` returns, to all four, the value that `v` has in the first of them. Here all four need the same 4 x 4 matrix of weights, so each one reads only one of its four columns from memory.',
    task: 'Return the whole matrix. Its columns are the values that `column` has in the four invocations of the quad, in their order.',
    hint: '`mat4x4f(a, b, c, d)` makes a matrix of four columns. The second argument of `quadBroadcast` is a constant, from `0u` to `3u`.',
    ...{ kernel: 'conv2d', case: 'channels above four', variant: 'tiled quads 4x8' },
    file: 'quads.wgsl',
    gap: {
      lines: `  return mat4x4f(
    quadBroadcast(column, 0u),
    quadBroadcast(column, 1u),
    quadBroadcast(column, 2u),
    quadBroadcast(column, 3u),
  );`,
      instead: `  // Write here: the columns of all four invocations, instead of this invocation's own column four times.
  return mat4x4f(column, column, column, column);`,
    },
  },
  {
    id: 'winograd',
    title: 'A convolution with fewer multiplications',
    idea: "Winograd's method computes a convolution with a window of 3 x 3 with a quarter of the usual multiplications. It transforms the pixels and the weights, multiplies them number by number, and transforms the products back to pixels. Along a row, this last step makes four pixels from six products: `m0 + m1 + m2 + m3 + m4`, `m1 - m2 + 2 m3 - 2 m4`, `m1 + m2 + 4 m3 + 4 m4` and `m1 - m2 + 8 m3 - 8 m4 + m5`. The kernel first computes the sums and differences that occur several times: `p` is `m1 + m2`, `n` is `m1 - m2`, `q` is `m3 + m4`, and `s` is `m3 - m4`.",
    task: 'Compute the four pixels, each a `vec4f` of four channels, as the columns of the matrix `pixels`. Use `m0`, `p`, `n`, `q`, `s` and `m[row + 5 * step]`, which is `m5`.',
    hint: 'The second pixel is `n + 2 * s`. `mat4x4f(a, b, c, d)` makes a matrix of four columns.',
    ...{ kernel: 'winograd', case: 'one tile', variant: 'winograd 6x8' },
    file: 'winograd-output.wgsl',
    gap: {
      lines: '    let pixels = mat4x4f(m0 + p + q, n + 2 * s, p + 4 * q, n + 8 * s + m[row + 5 * step]);',
      instead: `    // Write here: the four pixels of the row, instead of zeros.
    let pixels = mat4x4f();`,
    },
  },
];
