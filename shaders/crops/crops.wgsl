// crops: computes from a face's keypoints the square to cut out of the picture, turned so that the eyes are level.
//   e = (rightEye + leftEye) / 2, d = leftEye - rightEye: the person's right eye is on the picture's left
//   side = max( |d| / BETWEEN, |mouth - e| / TO_MOUTH, 1 )
//   T turns by d's angle, scales by side / SIZE, and maps (SIZE / 2, SIZE EYES) to e
// Idea     A network for faces expects them upright and at one size, with the eyes at one place. The face's size
//          follows from two distances: between the eyes, and from the eyes to the mouth. Seen from the side, the eyes
//          appear closer together; seen from above or below, the mouth appears closer to the eyes; so the larger of the
//          two results is right. One invocation computes the map T of one face, and the kernel frame then uses T for
//          all pixels of the crop. Only the GPU knows how many faces there are, so an invocation past the count
//          returns.
// Layout   faces: (count, 0, 0, 0), then records of five vec4f: box · six keypoints, eyes first, the mouth fourth ·
//          score · y (count): two rows (a, b, t, n), n: the frame kernel's taps along a pixel's side.
// Threads  one per face.

override SIZE: f32; override EYES: f32; override BETWEEN: f32; override TO_MOUTH: f32; override MAX_TAPS: f32;

@group(0) @binding(0) var<storage, read> faces: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (f32(id.x) >= faces[0].x) { return; }
  let eyes = faces[1 + id.x * 5 + 1];
  let mouth = faces[1 + id.x * 5 + 2].zw;
  let middle = (eyes.xy + eyes.zw) / 2;
  let across = eyes.zw - eyes.xy;
  let between = length(across);
  let side = max(max(between / BETWEEN, distance(mouth, middle) / TO_MOUTH), 1);
  // If both eyes are at the same point, the direction is unknown.
  var u = vec2f(1, 0);
  if (between > 0) { u = across / between; }
  u *= side / SIZE;
  let anchor = vec2f(SIZE / 2, SIZE * EYES);
  let taps = clamp(ceil(side / SIZE - 1e-3), 1, MAX_TAPS);
  y[id.x * 2] = vec4f(u.x, -u.y, middle.x - dot(vec2f(u.x, -u.y), anchor), taps);
  y[id.x * 2 + 1] = vec4f(u.y, u.x, middle.y - dot(u.yx, anchor), 0);
}
