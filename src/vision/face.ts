/** The types that describe a face. */

/** A position in a picture. */
export interface Point {
  /** Distance from the left edge of the picture, in pixels. */
  readonly x: number;
  /** Distance from the top edge of the picture, in pixels. */
  readonly y: number;
}

/** An upright rectangle in a picture. */
export interface Box {
  /** Distance of the left side from the left edge of the picture, in pixels. */
  readonly x: number;
  /** Distance of the top side from the top edge of the picture, in pixels. */
  readonly y: number;
  /** Width in pixels of the picture. */
  readonly width: number;
  /** Height in pixels of the picture. */
  readonly height: number;
}

/** A face that the detector found, without its expression. All lengths are in pixels of the picture. */
export interface Detection {
  /** The rectangle around the face, from the forehead to the chin. */
  readonly box: Box;
  /**
   * Six points: right eye, left eye, nose, mouth, right ear, left ear. Right and left are as the person sees them.
   * Empty if the picture was not searched for faces (`detect: false`).
   */
  readonly keypoints: readonly Point[];
  /** The detector's score for this face, 0..1. */
  readonly score: number;
}

/** A face and its expression. All lengths are in pixels of the picture. */
export interface Face extends Detection {
  /** The class with the highest probability. */
  readonly label: string;
  /** The probability of each class. The probabilities sum to 1. */
  readonly scores: Readonly<Record<string, number>>;
  /** The expression model's input: 48 x 48 grey levels in -1..1, row-major. Only with `crops: true`. */
  readonly crop?: Float32Array;
}
