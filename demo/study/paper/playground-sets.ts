/** Points of the playground: what a point is, and ready-made sets of points. */

/** A point that was placed, in -1..1 on both axes; y grows upwards. */
export interface Placed {
  readonly x: number;
  readonly y: number;
  /** Its class: 0, 1 or 2. */
  readonly label: number;
}

/** The names of the classes. */
export const CLASS_NAMES = ['A', 'B', 'C'] as const;

/** Returns numbers in 0..1 that are the same in every run (Park and Miller's generator). */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const around = (x: number, y: number, label: number, spread: number, random: () => number): Placed => {
  const angle = 2 * Math.PI * random();
  const far = spread * Math.sqrt(random());
  return { x: x + far * Math.cos(angle), y: y + far * Math.sin(angle), label };
};

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Four groups; opposite ones have the same class. */
function xor(): Placed[] {
  const random = randoms(7);
  const centres = [
    [-0.5, -0.5, 0],
    [0.5, 0.5, 0],
    [-0.5, 0.5, 1],
    [0.5, -0.5, 1],
  ];
  return centres.flatMap(([x, y, label]) => times(8, () => around(x, y, label, 0.32, random)));
}

/** A group with a ring around it. */
function ring(): Placed[] {
  const random = randoms(3);
  return times(36, (i) => {
    const angle = (2 * Math.PI * i) / 18;
    const radius = (i < 18 ? 0.75 : 0.25) + 0.2 * (random() - 0.5);
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle), label: i < 18 ? 0 : 1 };
  });
}

/** Two groups that overlap. */
function mixed(): Placed[] {
  const random = randoms(11);
  return times(40, (i) => around(i % 2 ? 0.25 : -0.25, i % 2 ? 0.2 : -0.2, i % 2, 0.55, random));
}

/** Three groups. */
function three(): Placed[] {
  const random = randoms(5);
  const centres = [
    [-0.5, -0.4],
    [0.5, -0.4],
    [0, 0.5],
  ];
  return centres.flatMap(([x, y], label) => times(10, () => around(x, y, label, 0.4, random)));
}

/** The ready-made sets, by the name on their button. */
export const SETS: Readonly<Record<string, () => readonly Placed[]>> = {
  XOR: xor,
  Ring: ring,
  Mixed: mixed,
  'Three classes': three,
};
