/** What is known of a face. */

export interface Point {
  /** From the left, in pixels. */
  readonly x: number;
  /** From the top, in pixels. */
  readonly y: number;
}

/** Corner and size. */
export interface Box {
  /** Of the left side, in pixels of the picture. */
  readonly x: number;
  /** Of the top, in pixels of the picture. */
  readonly y: number;
  /** In pixels of the picture. */
  readonly width: number;
  /** In pixels of the picture. */
  readonly height: number;
}

/** A face before its expression; lengths are pixels of the picture. */
export interface Detection {
  /** The box of the face, from the forehead to the chin. */
  readonly box: Box;
  /** Six: right eye, left eye, nose, mouth, right ear, left ear; right and left are the person's. */
  readonly keypoints: readonly Point[];
  /** How sure the detector is that this is a face, 0..1. */
  readonly score: number;
}

/** A face and its expression; lengths in pixels of the picture. */
export interface Face extends Detection {
  /** The likeliest class. */
  readonly label: string;
  /** A probability for each class; they sum to 1. */
  readonly scores: Readonly<Record<string, number>>;
  /** What the CNN sees, where it was asked for: 48 x 48 grey levels, -1..1, row-major. */
  readonly crop?: Float32Array;
}
