import { BOX_SIZE } from '../boxes/boxes';
import { FACES_HEAD, type FacesOptions } from './faces';

/** boxes (N,20) -> y. Sorts the boxes instead of searching the best one each time. */
export function faces({ N, same, maxFaces }: FacesOptions, boxes: Float32Array): Float64Array {
  let rest = Array.from({ length: N }, (_, n) => boxes.subarray(n * BOX_SIZE, (n + 1) * BOX_SIZE))
    .filter((box) => box[16] > 0)
    .sort((a, b) => b[17] - a[17]); // stable: of boxes with equal logits, the first leads
  const y = new Float64Array(FACES_HEAD + maxFaces * BOX_SIZE).fill(Number.POSITIVE_INFINITY);
  let found = 0;
  for (; rest.length && found < maxFaces; found++) {
    const [best] = rest;
    const alike = rest.filter((other) => other === best || overlap(best, other) > same);
    rest = rest.filter((other) => !alike.includes(other));
    const weight = alike.reduce((sum, box) => sum + box[16], 0);
    const mean = Array.from(
      { length: 16 },
      (_, k) => alike.reduce((sum, box) => sum + box[16] * box[k], 0) / weight,
    );
    y.set([...mean, ...best.subarray(16)], FACES_HEAD + found * BOX_SIZE);
  }
  y.set([found, rest.length ? 1 : 0, 0, 0]);
  return y;
}

/** Intersection over union of two boxes (corner, size). */
function overlap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const side = (k: 0 | 1) => Math.min(a[k] + a[k + 2], b[k] + b[k + 2]) - Math.max(a[k], b[k]);
  if (side(0) <= 0 || side(1) <= 0) return 0;
  const both = side(0) * side(1);
  return both / (a[2] * a[3] + b[2] * b[3] - both);
}
