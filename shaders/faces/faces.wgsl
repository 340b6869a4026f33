// faces: blended non-maximum suppression: finds which of N boxes belong to the same face.
//   Repeat: take the remaining box with the highest logit, and all remaining boxes that overlap it by more than SAME.
//   Their mean, weighted by their scores, is a face (Bazarevsky et al., 2019, section 3.3). Stop when no box remains,
//   or after MOST faces.
//   overlap = intersection over union
// Idea     A detector finds each face several times, as boxes that overlap. Each round needs to know which boxes the
//          round before left over, so the rounds follow each other, and the 128 lanes of a workgroup share the boxes
//          within a round. There is only one workgroup, because only the lanes of one workgroup can wait for each other
//          at a barrier. A lane remembers which of its boxes remain in the 32 bits of a number. The highest logit, and
//          the sums for the mean, are found in a tree in workgroup memory.
// Layout   boxes (N) records of five vec4f: corner and size · six keypoints · (score, logit, 0, 0), score 0: no box
//          · y: (faces, 1 if boxes are left over, 0, 0), then such a record for each face.
// Threads  one workgroup; its lanes share the boxes, up to 32 each.

override N: u32; override SAME: f32; override MOST: u32;

const LANES = 128u;
const NONE = 0xffffffffu;

@group(0) @binding(0) var<storage, read> boxes: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

var<workgroup> logits: array<f32, 128>;
var<workgroup> places: array<u32, 128>;
var<workgroup> sums: array<vec4f, 128>;
var<workgroup> more: atomic<u32>; // 0 at the start, as WGSL guarantees

// Intersection over union of two boxes (corner, size).
fn overlap(a: vec4f, b: vec4f) -> f32 {
  let both = max(min(a.xy + a.zw, b.xy + b.zw) - max(a.xy, b.xy), vec2f(0));
  let area = both.x * both.y;
  return area / (a.z * a.w + b.z * b.w - area);
}

// Whether lane a found a better box than lane b. Of boxes with equal logits, the first is better.
fn isBetter(a: u32, b: u32) -> bool {
  if (places[a] == NONE || places[b] == NONE) { return places[a] != NONE; }
  return logits[a] > logits[b] || (logits[a] == logits[b] && places[a] < places[b]);
}

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  var left = 0u; // a bit for each box of this lane
  for (var k = 0u; lane + k * LANES < N; k++) {
    if (boxes[(lane + k * LANES) * 5 + 4].x > 0) { left |= 1u << k; }
  }
  var faces = 0u;
  for (; faces < MOST; faces++) {
    places[lane] = NONE;
    for (var rest = left; rest != 0; rest &= rest - 1) {
      let box = lane + countTrailingZeros(rest) * LANES;
      let logit = boxes[box * 5 + 4].y;
      if (places[lane] == NONE || logit > logits[lane]) { places[lane] = box; logits[lane] = logit; }
    }
    for (var half = LANES / 2; half > 0; half /= 2) {
      workgroupBarrier();
      if (lane < half && isBetter(lane + half, lane)) {
        places[lane] = places[lane + half];
        logits[lane] = logits[lane + half];
      }
    }
    let best = workgroupUniformLoad(&places[0]);
    if (best == NONE) { break; }

    var alike = 0u;
    for (var rest = left; rest != 0; rest &= rest - 1) {
      let k = countTrailingZeros(rest);
      let box = lane + k * LANES;
      if (box == best || overlap(boxes[best * 5], boxes[box * 5]) > SAME) { alike |= 1u << k; }
    }
    left &= ~alike;
    var weight = 0.0;
    // The weights' sum comes first (part 4), then the means of the four parts.
    for (var i = 0u; i < 5; i++) {
      let part = (i + 4) % 5;
      var sum = vec4f();
      for (var rest = alike; rest != 0; rest &= rest - 1) {
        let box = (lane + countTrailingZeros(rest) * LANES) * 5;
        let score = boxes[box + 4].x;
        sum += select(score * boxes[box + part], vec4f(score, 0, 0, 0), part == 4);
      }
      sums[lane] = sum;
      for (var half = LANES / 2; half > 0; half /= 2) {
        workgroupBarrier();
        if (lane < half) { sums[lane] += sums[lane + half]; }
      }
      let total = workgroupUniformLoad(&sums[0]);
      if (part == 4) { weight = total.x; }
      if (lane == 0) { y[1 + faces * 5 + part] = select(total / weight, boxes[best * 5 + 4], part == 4); }
    }
  }
  if (left != 0) { atomicStore(&more, 1); }
  workgroupBarrier();
  if (lane == 0) { y[0] = vec4f(f32(faces), f32(atomicLoad(&more)), 0, 0); }
}
