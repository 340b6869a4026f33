/** What a reader must know before a folder's kernels: what is computed, with small numbers. */

/** Text before a ladder. */
export interface Introduction {
  readonly paragraphs: readonly string[];
  /** An example, in lines. */
  readonly example?: string;
}

/** The introductions, by folder. Folders whose formula says enough have none. */
export const INTRODUCTIONS: Readonly<Record<string, Introduction>> = {
  conv2d: {
    paragraphs: [
      'A picture is rows of pixels, and each pixel consists of some numbers, its channels: red, green and blue at first, and later whatever the layer before has computed. A convolution looks at the picture through a window, here of 3 x 3 pixels in all channels. It multiplies each number in the window by a weight, adds the products and a constant (the bias), and so gets one number of the result. Then the window moves to the next pixel. Each output channel has its own weights.',
      'Outside of the picture, the numbers are 0: that is the padding. The stride is how far the window moves each time, and the dilation is the distance between its pixels. An activation, such as ReLU, may change each result before it is written. The names in the formula are those of ONNX, the format of the models.',
    ],
    example: `window      weights       products
 1 2 0       1 0 -1        1 +  0 +  0
 0 1 3       1 0 -1        0 +  0 + -3     sum: 1 + 0 + 0 + 0 + 0 - 3 + 2 + 0 - 1 = -1
 2 1 1       1 0 -1        2 +  0 + -1`,
  },
  winograd: {
    paragraphs: [
      'These kernels compute what conv2d computes for windows of 3 x 3, with fewer multiplications. The example shows the idea for a row: two neighbouring results y0 and y1 of a window of three need six multiplications, and Winograd needs four. It multiplies sums of numbers of the picture by sums of weights. The sums of weights are computed once, when the model is loaded, so they cost nothing here. The kernels use the same idea for four results, which need six multiplications instead of twelve. In rows and columns together these are 36 multiplications for 4 x 4 results, instead of 144. (winograd-shared uses the size of the example: 16 for 2 x 2 results, instead of 36.)',
      'Bᵀ d B is the sums of the picture’s numbers, G g Gᵀ those of the weights, and Aᵀ m A puts the products together; in the example, B, G and A contain the signs and halves that you see. Speeds count the multiplications of conv2d, so a bar may pass the ceiling. It costs three passes instead of one, the numbers between them go through memory, and differences of large numbers make the results less exact.',
    ],
    example: `y0 = d0 g0 + d1 g1 + d2 g2        m1 = (d0 - d2) g0
y1 = d1 g0 + d2 g1 + d3 g2        m2 = (d1 + d2) (g0 + g1 + g2) / 2
                                  m3 = (d2 - d1) (g0 - g1 + g2) / 2
                                  m4 = (d1 - d3) g2
                                  y0 = m1 + m2 + m3,  y1 = m2 - m3 - m4`,
  },
  svm: {
    paragraphs: [
      'A support vector machine decides between classes by comparing a row of features with rows that it has kept from its training, the support vectors. The comparison is called a kernel function; it has nothing to do with the kernels of a GPU. For each pair of classes the machine adds the comparisons, each multiplied by a coefficient, and votes for one of the two. The class with the most votes is the label.',
    ],
  },
};
