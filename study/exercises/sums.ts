import type { Exercise } from './exercise';

/** Numbers that are joined to one, at first by one invocation, then by many. */
export const sums: readonly Exercise[] = [
  {
    id: 'votes',
    title: 'Every pair has a vote',
    idea: 'A support vector machine (SVM) with several classes compares each pair of classes by itself. The result for a pair is its decision value: above 0 it is a vote for the first class `i`, otherwise for the second class `j`. Each invocation counts the votes for one class `c`. It visits the pairs in the order in which their values are stored: 0 and 1, 0 and 2, and so on, then 1 and 2.',
    task: 'Add 1 to `count` if the pair of `i` and `j` votes for class `c`. The decision value of the pair is `d[pair]`.',
    hint: '`select(a, b, condition)` returns `b` if the condition is true, otherwise `a`. Use it to get the class that wins.',
    ...{ kernel: 'svm', case: 'votes: 7 classes, 20 rows', variant: 'plain' },
    file: 'svm-votes.wgsl',
    gap: {
      lines: '      if (c == select(j, i, d[pair] > 0)) { count += 1; }',
      instead: `      // Write here: count the vote only if it is for class c.
      if (d[pair] > 0) { count += 1; }`,
    },
  },
  {
    id: 'softmax',
    title: 'Softmax without overflow',
    idea: 'Softmax turns scores into shares with the sum 1: each share is `exp` of its score, divided by the sum of all the `exp`. A 32-bit float ends at about 3.4e38, and `exp(89)` is already larger; this is called overflow. The shares stay the same if one number is subtracted from all scores first. After the largest score has been subtracted, no `exp` is larger than 1.',
    task: 'Find `largest`, the largest of the `N` scores. Score number `n` is `x[first + n * INNER]`.',
    hint: 'Start with `var largest = x[first];`. Then compare it with the other scores in a loop, with `max`.',
    ...{ kernel: 'softmax', case: 'Softmax: rows near 1000 and -1000', variant: 'plain' },
    file: 'softmax.wgsl',
    gap: {
      lines: `  var largest = x[first];
  for (var n = 1u; n < N; n++) { largest = max(largest, x[first + n * INNER]); }`,
      instead: `  // Write here: find the largest score, instead of 0.0.
  let largest = 0.0;`,
    },
  },
  {
    id: 'lanes',
    title: 'Sixty-four lanes for one sum',
    idea: 'Each output of a fully connected layer is a sum of all inputs, each multiplied by a weight. The 64 invocations of a workgroup, which run together, share one such sum; within their workgroup they are called lanes and have the numbers 0 to 63. Each lane adds every 64th product, and the sums of the lanes are added later. Neighbouring lanes then read neighbouring numbers at the same time, which GPUs do fastest.',
    task: 'Change the loop so that this lane takes the inputs `lane`, `lane + 64`, `lane + 128` and so on. The loop in the gap lets every lane add all products, so the sum becomes 64 times too large.',
    hint: 'Start at `lane`, and add 64 after each round.',
    ...{ kernel: 'dense', case: 'one above the workgroup', variant: 'plain' },
    file: 'dense.wgsl',
    gap: {
      lines: '  for (var i = lane; i < I; i += 64) {',
      instead: `  // Write here: a loop over every 64th input, instead of all inputs.
  for (var i = 0u; i < I; i++) {`,
    },
  },
  {
    id: 'tree-reduction',
    title: 'A tree of sums',
    idea: 'Workgroup memory is a small and fast memory that the lanes (the invocations of a workgroup) share; `var<workgroup>` declares it. Each lane has written its sum to `lanes[lane]`, and these 64 numbers must be added. In each step of a tree, every lane in the lower half adds one number from the upper half: 64 numbers become 32, then 16, and after six steps one. A barrier, `workgroupBarrier()`, is a point where each lane waits until all have reached it, so that no lane reads a number before it is written.',
    task: 'Add the 64 numbers of `lanes` in a tree, so that `lanes[0]` contains the sum. Put a barrier before each step.',
    hint: 'Let `half` be 32, 16, 8, 4, 2 and 1: if `lane < half`, add `lanes[lane + half]` to `lanes[lane]`. The barrier is outside the `if`, because every lane must reach it.',
    ...{ kernel: 'dense', case: 'one above the workgroup', variant: 'plain' },
    file: 'dense.wgsl',
    gap: {
      lines: `  for (var half = 32u; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { lanes[lane] += lanes[lane + half]; }
  }`,
      instead: '  // Write here: add the 64 numbers of lanes, so that lanes[0] contains the sum.',
    },
    needs: {
      word: 'workgroupBarrier',
      why: 'Without a barrier, a lane may read a number before another lane has written it. On some GPUs the result is right by chance.',
    },
  },
  {
    id: 'barrier',
    title: 'Wait before reading, wait after reading',
    idea: 'The lanes (the invocations of a workgroup) do not all run at the same speed. A barrier, `workgroupBarrier()`, is a point where each lane waits until all have reached it. One barrier is needed before a lane reads what another lane has written. A second one is needed before that memory is written again, because a slow lane may not have read it yet.',
    task: 'The tree has left the largest number of the row in `lanes[0]`. Read it into `largest`, with one barrier before and one barrier after the line.',
    hint: 'A few lines below, each lane writes its sum to `lanes[lane]`. Lane 0 must not do so before all lanes have read `lanes[0]`.',
    ...{ kernel: 'softmax', case: 'Softmax: a number more than lanes', variant: 'lanes' },
    file: 'softmax-lanes.wgsl',
    gap: {
      lines: `  workgroupBarrier();
  largest = lanes[0];
  workgroupBarrier();`,
      instead: '  // Write here: read the largest number from lanes[0], with a barrier before and after.',
    },
    needs: {
      word: 'workgroupBarrier',
      why: 'Without a barrier, a lane may read a number too early or too late. On some GPUs the result is right by chance.',
    },
  },
  {
    id: 'activation',
    title: 'An activation on the way to memory',
    idea: 'The activation is a function that a network applies to each output of a layer, such as tanh. A kernel for the activation alone would read every number from memory and write it again, and memory is slow compared with arithmetic. Therefore the kernel of the layer applies it to the number that it is about to write. This is called a fused activation.',
    task: 'Apply `activate()` to the sum of `lanes[0]` and `bias[o]` before it is written.',
    hint: '`activate()` takes and returns a `vec4f`, a value of four numbers. `vec4f(v)` makes one from a single number, and `.x` is its first number.',
    ...{ kernel: 'dense', case: 'rows of all items together', variant: 'plain' },
    file: 'dense.wgsl',
    gap: {
      lines: '  if (lane == 0) { y[row * O + o] = activate(vec4f(lanes[0] + bias[o])).x; }',
      instead: `  // Write here: the same line, with the activation.
  if (lane == 0) { y[row * O + o] = lanes[0] + bias[o]; }`,
    },
  },
];
