// After    activation.wgsl: activate()
// depthwise-conv2d, rows of three: depthwise-conv2d-tiled for KW = 3, stride 1 and no dilation along the row.
//   A line with # in it is repeated PIXELS times, for # = 0, 1, .. (repeat.ts).
//   On SwiftShader twice as fast as depthwise-conv2d (88 channels at 16x16).
// Idea     In depthwise-conv2d-tiled, an invocation loads three pixels of x for each pixel of y and each row of the
//          window. With stride 1, neighbouring pixels of y share two of these three. So here an invocation goes along a
//          row of x once, keeps the last two pixels in variables, and loads PIXELS + 2 pixels instead of 3 PIXELS.
// Layout   x (B,H,W,C4) · weight (KH,3,C4) · bias (C4) · y (B,HO,WO,C4).
// Threads  x: channels in fours, within tiles, row after row; z: the batch.

override C: u32;
override H: u32; override W: u32; override HO: u32; override WO: u32;
override KH: u32; override KW: u32; // 3
override STRIDE_H: u32; override STRIDE_W: u32; // 1
override PAD_TOP: u32; override PAD_LEFT: u32;
override DILATION_H: u32; override DILATION_W: u32; // 1
override PIXELS: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn pixel(row: u32, ix: u32, c: u32) -> vec4f {
  return select(vec4f(0), x[(row + min(ix, W - 1)) * ((C + 3) / 4) + c], ix < W);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let CV = (C + 3) / 4;
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  let c = at % CV;
  let tiles = (WO + PIXELS - 1) / PIXELS;
  let ox = at / CV % tiles * PIXELS;
  let oy = at / CV / tiles;
  if (oy >= HO) { return; }

  // Left of or above the picture the unsigned difference wraps to a huge number, so one test is enough.
  let left = ox - PAD_LEFT;
  var a# = bias[c];
  for (var ky = 0u; ky < KH; ky++) {
    let iy = oy * STRIDE_H + ky * DILATION_H - PAD_TOP;
    if (iy >= H) { continue; }
    let row = (id.z * H + iy) * W;
    let w0 = weight[3 * ky * CV + c];
    let w1 = weight[(3 * ky + 1) * CV + c];
    let w2 = weight[(3 * ky + 2) * CV + c];
    // Pixel # of x is the left pixel in sum #, the middle pixel in sum # - 1 and the right pixel in sum # - 2.
    var before = pixel(row, left, c);
    var here = pixel(row, left + 1, c);
    { let after = pixel(row, left + # + 2, c); a# += w0 * before + w1 * here + w2 * after; before = here; here = after; }
  }
  let out = ((id.z * HO + oy) * WO + ox) * CV + c;
  if (ox + # < WO) { y[out + # * CV] = activate(a#); }
}
