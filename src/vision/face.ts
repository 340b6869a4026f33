/** What is known of a face. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Corner and size. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A face before its expression; lengths are pixels of the picture. */
export interface Detection {
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
