import { BOX_SIZE, type BoxesOptions, COARSE_ANCHORS, FINE_ANCHORS } from './boxes';

/** logits (896), offsets (896,16), crop (8) -> y (896,20). */
export function boxes(
  { size, minScore }: BoxesOptions,
  logits: ArrayLike<number>,
  offsets: ArrayLike<number>,
  crop: ArrayLike<number>,
): Float64Array {
  const anchors = FINE_ANCHORS + COARSE_ANCHORS;
  const y = new Float64Array(anchors * BOX_SIZE);
  const inPicture = (px: number, py: number) =>
    [0, 4].map((row) => crop[row] * px * size + crop[row + 1] * py * size + crop[row + 2]);
  for (let anchor = 0; anchor < anchors; anchor++) {
    const isFine = anchor < FINE_ANCHORS;
    const cells = isFine ? 16 : 8;
    const cell = isFine ? Math.floor(anchor / 2) : Math.floor((anchor - FINE_ANCHORS) / 6);
    const [cx, cy] = [((cell % cells) + 0.5) / cells, (Math.floor(cell / cells) + 0.5) / cells];
    const offset = (k: number) => offsets[anchor * 16 + k] / size;
    const [width, height] = [offset(2), offset(3)];
    const [left, top] = [cx + offset(0) - width / 2, cy + offset(1) - height / 2];
    const [low, high] = [inPicture(left, top), inPicture(left + width, top + height)];
    const keypoints = [4, 6, 8, 10, 12, 14].flatMap((k) => inPicture(cx + offset(k), cy + offset(k + 1)));
    const score = 1 / (1 + Math.exp(-logits[anchor]));
    const isFace = score >= minScore && width > 0 && height > 0;
    const last = isFace ? [score, logits[anchor], 0, 0] : [0, 0, 0, 0];
    y.set([...low, high[0] - low[0], high[1] - low[1], ...keypoints, ...last], anchor * BOX_SIZE);
  }
  return y;
}
