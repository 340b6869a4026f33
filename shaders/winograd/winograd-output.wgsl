// After    residual.wgsl: residual() · activation.wgsl: activate()
// winograd-output: the last pass computes pixels from the products: y = act( z + bias + Aᵀ m A ).
//   POOL: y is the largest of every 2 x 2 pixels, as in conv2d-pooled; then there is no z.
// Idea     The pass before, winograd-product, leaves 36 sums for each tile and channel, and Aᵀ m A turns them into 4x4
//          pixels. Only then are there pixels, so this pass also adds bias and residual and applies the activation. An
//          invocation computes the upper or the lower half of a tile, because all 16 pixels would need twice as many
//          registers. Each half has two whole windows of 2 x 2 pixels, so pooling needs nothing from another
//          invocation.
// Layout   m (36,B,TILES_H,TILES_W,O4) · bias (O8) · z as in residual.wgsl · y (B,HO,WO,O4), pooled (B,HO/2,WO/2,O4).
// Threads  x: channels in fours, within the upper or lower half of a tile, within tiles; each thread computes two
//          rows of four pixels. z is the batch.

override B: u32; override O: u32; override HO: u32; override WO: u32;
override TILES_H: u32; override TILES_W: u32;
override POOL: bool;

@group(0) @binding(0) var<storage, read> m: array<vec4f>;
@group(0) @binding(1) var<storage, read> bias: array<vec4f>;
const Z = 2; // residual.wgsl
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

// Aᵀ, a column for each of the six rows of m.
const AT = array(
  vec4f(1, 0, 0, 0), vec4f(1, 1, 1, 1), vec4f(1, -1, 1, -1), vec4f(1, 2, 4, 8), vec4f(1, -2, 4, -8), vec4f(0, 0, 0, 1));

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let OV = (O + 3) / 4;
  let TILES = TILES_H * TILES_W;
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  let o = at % OV;
  let half = at / OV % 2;
  let tile = at / OV / 2;
  if (tile >= TILES) { return; }

  // Multiplies each row of m by A, and adds it to the two rows of this half with Aᵀ's coefficients.
  let step = B * TILES * OV;
  var upper = mat4x4f();
  var lower = mat4x4f();
  var columns = AT;
  for (var r = 0u; r < 6; r++) {
    let row = 6 * r * step + (id.z * TILES + tile) * OV + o;
    let m0 = m[row];
    let p = m[row + step] + m[row + 2 * step];
    let n = m[row + step] - m[row + 2 * step];
    let q = m[row + 3 * step] + m[row + 4 * step];
    let s = m[row + 3 * step] - m[row + 4 * step];
    let pixels = mat4x4f(m0 + p + q, n + 2 * s, p + 4 * q, n + 8 * s + m[row + 5 * step]);
    let a = columns[r];
    upper += select(a.x, a.z, half == 1) * pixels;
    lower += select(a.y, a.w, half == 1) * pixels;
  }

  let oy = tile / TILES_W * 4 + half * 2;
  let ox = tile % TILES_W * 4;
  if (POOL) {
    for (var i = 0u; i < 2; i++) {
      if (oy / 2 >= HO / 2 || ox / 2 + i >= WO / 2) { continue; }
      let up = max(activate(upper[2 * i] + bias[o]), activate(upper[2 * i + 1] + bias[o]));
      let low = max(activate(lower[2 * i] + bias[o]), activate(lower[2 * i + 1] + bias[o]));
      y[((id.z * (HO / 2) + oy / 2) * (WO / 2) + ox / 2 + i) * OV + o] = max(up, low);
    }
    return;
  }
  for (var i = 0u; i < 4; i++) {
    let pixel = (id.z * HO + oy) * WO + ox + i;
    if (ox + i >= WO || oy >= HO) { continue; }
    y[pixel * OV + o] = activate(upper[i] + bias[o] + residual(pixel, o));
    if (oy + 1 >= HO) { continue; }
    y[(pixel + WO) * OV + o] = activate(lower[i] + bias[o] + residual(pixel + WO, o));
  }
}
