// boxes: converts BlazeFace's output for each anchor to a box in the picture, if the logit is high enough for a face.
//   q = anchor + offset / SIZE, for the centre and six keypoints; width and height are offset / SIZE
//   p = T (SIZE q): T is the crop that is the detector's input, a letterbox (Bazarevsky et al., 2019)
// Idea     BlazeFace does not output boxes. For each of 896 anchors, which are fixed points of its input, it outputs a
//          logit, and the offsets of a box and six keypoints from that point. One invocation converts one anchor; the
//          anchor's centre follows from its number, so no table of anchors is needed. A record is written even where
//          there is no face, so that each invocation knows its place in y without knowing what the others found. The
//          kernel faces then chooses among the boxes.
// Layout   fineLogits (F) · coarseLogits (C) · fineBoxes (F,16) · coarseBoxes (C,16) · crop: two rows (a, b, t, _)
//          · y (F + C) records of five vec4f: corner and size · six keypoints · (score, logit, 0, 0); without a
//          face, the last vec4f is 0.
// Threads  one per anchor.

override SIZE: f32; override MIN_LOGIT: f32;

const F = 512u; // 16 x 16 cells of 2 anchors
const C = 384u; // 8 x 8 cells of 6

@group(0) @binding(0) var<storage, read> fineLogits: array<f32>;
@group(0) @binding(1) var<storage, read> coarseLogits: array<f32>;
@group(0) @binding(2) var<storage, read> fineBoxes: array<vec4f>;
@group(0) @binding(3) var<storage, read> coarseBoxes: array<vec4f>;
@group(0) @binding(4) var<storage, read> crop: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

fn inPicture(q: vec2f) -> vec2f {
  let p = vec3f(q * SIZE, 1);
  return vec2f(dot(crop[0].xyz, p), dot(crop[1].xyz, p));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let anchor = id.x;
  if (anchor >= F + C) { return; }
  let isFine = anchor < F;
  let cells = select(8u, 16u, isFine);
  let cell = select((anchor - F) / 6, anchor / 2, isFine);
  let centre = (vec2f(f32(cell % cells), f32(cell / cells)) + 0.5) / f32(cells);

  var logit = 0.0;
  var box = vec4f();
  for (var k = 0u; k < 4; k++) {
    var offsets: vec4f;
    if (isFine) { offsets = fineBoxes[anchor * 4 + k]; } else { offsets = coarseBoxes[(anchor - F) * 4 + k]; }
    offsets /= SIZE;
    if (k == 0) {
      box = vec4f(centre + offsets.xy - offsets.zw / 2, offsets.zw);
      let low = inPicture(box.xy);
      y[anchor * 5] = vec4f(low, inPicture(box.xy + box.zw) - low);
    } else {
      y[anchor * 5 + k] = vec4f(inPicture(centre + offsets.xy), inPicture(centre + offsets.zw));
    }
  }
  if (isFine) { logit = fineLogits[anchor]; } else { logit = coarseLogits[anchor - F]; }
  let isFace = logit >= MIN_LOGIT && all(box.zw > vec2f(0));
  y[anchor * 5 + 4] = select(vec4f(), vec4f(1 / (1 + exp(-logit)), logit, 0, 0), isFace);
}
