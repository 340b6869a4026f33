/** What is known of a face before its expression. */

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

/** Lengths are pixels of the picture. */
export interface Detection {
  readonly box: Box;
  /** Six: right eye, left eye, nose, mouth, right ear, left ear; right and left are the person's. */
  readonly keypoints: readonly Point[];
  /** How sure the detector is that this is a face, 0..1. */
  readonly score: number;
}
