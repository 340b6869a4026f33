/** Lines of a kernel that the reader writes. */
export interface Gap {
  /** One or several whole lines, exactly as they are in the file that the driver gets. */
  readonly lines: string;
  /**
   * What the reader finds in their place: a comment that says what to write and, if the kernel would not compile
   * without it, code that computes something wrong. The code reads every buffer that `lines` reads, because a buffer
   * that no code reads cannot be bound.
   */
  readonly instead: string;
}

/** A word that the reader's code must contain, because its absence may not change the result. */
export interface Needs {
  /** A name in WGSL, such as `workgroupBarrier`. */
  readonly word: string;
  /** The reason, in whole sentences. */
  readonly why: string;
}

/** A kernel of the engine with a gap. The answer is the engine's own code. In texts, code is between backticks. */
export interface Exercise {
  /** A short name for addresses, such as `thread-index`. */
  readonly id: string;
  readonly title: string;
  /** The concept, in two to four sentences, for readers who know TypeScript but no GPU programming. */
  readonly idea: string;
  /** What to write, in one to three sentences. */
  readonly task: string;
  /** One or two sentences. */
  readonly hint: string;
  /** The name of the kernel's cases, such as `dense`. */
  readonly kernel: string;
  /** The name of the case that checks the result. The kernel with the gap fails it. */
  readonly case: string;
  /** The name of the plan that runs, such as `plain`. */
  readonly variant: string;
  /** The file with the gap, such as `dense.wgsl`. */
  readonly file: string;
  readonly gap: Gap;
  /** Default: the result alone shows whether the code is right. */
  readonly needs?: Needs;
}
