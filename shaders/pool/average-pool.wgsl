// average-pool: the mean, or the sum, of the numbers in a window, as ONNX's AveragePool defines it.
//   y[b,oy,ox,c] = 1/n sum_{ky,kx} x[b, oy strideH + ky dilationH - padTop, ox strideW + kx dilationW - padLeft, c]
//   DIVISOR 0  n is how many pixels of the window are in the picture
//           1  n is how many are in the picture or its padding (count_include_pad)
//           2  n is 1: sum pooling
// Idea     One invocation goes through one window, for four channels at once. Only pixels in the picture are added,
//          since padding is 0, but there are two ways to count. So the kernel counts both: the pixels in the picture,
//          and those in the picture or its padding. A window may even reach beyond the padding, where ONNX rounds the
//          size of y up; such positions are never counted.
// Layout   x (B,H,W,C4) · y (B,HO,WO,C4).
// Threads  one per vec4f of y; z is the batch.

override C: u32;
override H: u32; override W: u32; override HO: u32; override WO: u32;
override KH: u32; override KW: u32;
override STRIDE_H: u32; override STRIDE_W: u32;
override PAD_TOP: u32; override PAD_LEFT: u32; override PAD_BOTTOM: u32; override PAD_RIGHT: u32;
override DILATION_H: u32; override DILATION_W: u32;
override DIVISOR: u32;

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

  var sum = vec4f(0);
  var inside = 0u;
  var padded = 0u;
  for (var ky = 0u; ky < KH; ky++) {
    let py = oy * STRIDE_H + ky * DILATION_H;  // in the padded picture
    for (var kx = 0u; kx < KW; kx++) {
      let px = ox * STRIDE_W + kx * DILATION_W;
      if (py < PAD_TOP + H + PAD_BOTTOM && px < PAD_LEFT + W + PAD_RIGHT) { padded++; }
      let iy = py - PAD_TOP;
      let ix = px - PAD_LEFT;
      if (iy < H && ix < W) {
        inside++;
        sum += x[((id.z * H + iy) * W + ix) * CV + c];
      }
    }
  }
  if (DIVISOR == 0) { sum /= f32(max(inside, 1)); }
  if (DIVISOR == 1) { sum /= f32(padded); }
  y[id.z * HO * WO * CV + at] = sum;
}
