// After    activation.wgsl: activate()
// conv-transpose2d-vectors: conv-transpose2d for one group, four channels at once.
// Idea     In conv-transpose2d, each multiply-add loads two numbers of its own. Here an invocation computes four
//          channels of a pixel: it loads four channels of x as one vec4f and, for each of them, the weights of its four
//          channels of y as another. Five loads then serve 16 multiply-adds, and the four channels share the search for
//          the pixels that reach them. In a convolution of several groups, the four channels could belong to different
//          groups, so this kernel is for one group.
// Layout   x (B,H,W,I4) · weight (KH,KW,I4,O4), with zeros in the padding · bias (O4) · y (B,HO,WO,O4).
// Threads  one per vec4f of y; z is the batch.

override I: u32; override H: u32; override W: u32;
override O: u32; override HO: u32; override WO: u32;
override KH: u32; override KW: u32;
override STRIDE_H: u32; override STRIDE_W: u32;
override PAD_TOP: u32; override PAD_LEFT: u32;
override DILATION_H: u32; override DILATION_W: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let IV = (I + 3) / 4;
  let OV = (O + 3) / 4;
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= HO * WO * OV) { return; }
  let o = at % OV;
  let ox = at / OV % WO;
  let oy = at / OV / WO;

  var sum = bias[o];
  for (var ky = 0u; ky < KH; ky++) {
    // Where the first index would be below 0, the unsigned difference wraps to a huge number.
    let py = oy + PAD_TOP - ky * DILATION_H;
    if (py % STRIDE_H != 0 || py / STRIDE_H >= H) { continue; }
    for (var kx = 0u; kx < KW; kx++) {
      let px = ox + PAD_LEFT - kx * DILATION_W;
      if (px % STRIDE_W != 0 || px / STRIDE_W >= W) { continue; }
      let pixel = ((id.z * H + py / STRIDE_H) * W + px / STRIDE_W) * IV;
      var w = (ky * KW + kx) * IV * 4 * OV + o;
      for (var i = 0u; i < IV; i++) {
        let v = x[pixel + i];
        sum += v.x * weight[w] + v.y * weight[w + OV] + v.z * weight[w + 2 * OV] + v.w * weight[w + 3 * OV];
        w += 4 * OV;
      }
    }
  }
  y[id.z * HO * WO * OV + at] = activate(sum);
}
