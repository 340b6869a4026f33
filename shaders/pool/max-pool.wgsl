// max-pool: the largest number in a window, as ONNX's MaxPool defines it.
//   y[b,oy,ox,c] = max_{ky,kx} x[b, oy strideH + ky dilationH - padTop, ox strideW + kx dilationW - padLeft, c]
//   over the pixels in the picture.
// Idea     The windows do not depend on each other, so one invocation goes through one window, for four channels at
//          once. Pixels outside the picture are skipped. If they counted as 0, they would be larger than negative
//          numbers and change the result. For the same reason, the comparison starts with the most negative f32.
// Layout   x (B,H,W,C4) · y (B,HO,WO,C4).
// Threads  one per vec4f of y; z is the batch.

override C: u32;
override H: u32; override W: u32; override HO: u32; override WO: u32;
override KH: u32; override KW: u32;
override STRIDE_H: u32; override STRIDE_W: u32;
override PAD_TOP: u32; override PAD_LEFT: u32;
override DILATION_H: u32; override DILATION_W: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let CV = (C + 3) / 4;
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= HO * WO * CV) { return; }
  let c = at % CV;
  let ox = at / CV % WO;
  let oy = at / CV / WO;

  var largest = vec4f(-3.4028234e38);
  for (var ky = 0u; ky < KH; ky++) {
    // Left of or above the picture the unsigned difference wraps to a huge number, so one test is enough.
    let iy = oy * STRIDE_H + ky * DILATION_H - PAD_TOP;
    if (iy >= H) { continue; }
    for (var kx = 0u; kx < KW; kx++) {
      let ix = ox * STRIDE_W + kx * DILATION_W - PAD_LEFT;
      if (ix >= W) { continue; }
      largest = max(largest, x[((id.z * H + iy) * W + ix) * CV + c]);
    }
  }
  y[id.z * HO * WO * CV + at] = largest;
}
