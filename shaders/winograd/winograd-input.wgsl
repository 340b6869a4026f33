// winograd-input: the first of three passes of a 3x3 convolution of stride 1 with a quarter of the multiplications.
//   Winograd's F(4x4,3x3), as Lavin and Gray (2015) write it: 4x4 pixels of y from 6x6 of x,
//   y = Aᵀ [ (G g Gᵀ) ∘ (Bᵀ d B) ] A,  d: the 6x6 pixels, g: the 3x3 weights, ∘: the product number by number.
//   Here v[6 r + c,tile,i] = (Bᵀ d B)[r,c] of channel i. The tiles of x overlap by two pixels; outside, x is 0.
//   On SwiftShader 1.6 to 3 times as fast as conv2d-tiled (32 to 128 channels at 48x48 to 12x12, one picture), but the
//   results are about ten times less exact: v and m are up to a hundred times as large as the numbers they come from.
//   A line with # in it is repeated six times, for the columns # = 0, 1, .. (repeat.ts).
// Idea     For 4x4 pixels of y, a plain convolution makes 144 multiplications for each pair of an input and an output
//          channel, and this one makes 36. The transformations before and after are done for each channel, not for each
//          pair, so with many channels they are a small part of the work. This pass transforms x, winograd-product sums
//          over the channels in 36 matrix products, and winograd-output computes pixels from them. An invocation
//          computes two rows of Bᵀ d: 0 and 5, or 1 and 2, or 3 and 4. Rows 1 and 2, and rows 3 and 4, are the sum and
//          the difference of the same two sums.
// Layout   x (B,H,W,I4) · v (36,B,TILES_H,TILES_W,I4).
// Threads  x: channels in fours, within pairs of rows, within tiles; z: the batch. One thread for all 36 numbers would
//          need 36 registers of vec4f.

override B: u32; override I: u32; override H: u32; override W: u32;
override TILES_H: u32; override TILES_W: u32;
override PAD_TOP: u32; override PAD_LEFT: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> v: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let IV = (I + 3) / 4;
  let TILES = TILES_H * TILES_W;
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  let i = at % IV;
  let pair = at / IV % 3;
  let tile = at / IV / 3;
  if (tile >= TILES) { return; }

  // The pair's two sums, over the even rows and over the odd ones, for each column.
  let even = select(select(vec3f(0, -1, 1), vec3f(0, -4, 1), pair == 1), vec3f(4, -5, 1), pair == 0);
  let odd = select(select(vec3f(-2, 2, 0), vec3f(-4, 1, 0), pair == 1), vec3f(4, -5, 1), pair == 0);
  var e# = vec4f(); var o# = vec4f();
  // Left of or above the picture the unsigned difference wraps to a huge number, so one test is enough.
  let left = tile % TILES_W * 4 - PAD_LEFT;
  let x# = left + #; let at# = min(x#, W - 1) * IV + i;
  for (var k = 0u; k < 3; k++) {
    let upper = tile / TILES_W * 4 - PAD_TOP + 2 * k;
    let upperRow = (id.z * H + upper) * W * IV;
    if (upper < H) {
      e# += even[k] * select(vec4f(), x[upperRow + at#], x# < W);
    }
    let lower = upper + 1;
    let lowerRow = (id.z * H + lower) * W * IV;
    if (lower < H) {
      o# += odd[k] * select(vec4f(), x[lowerRow + at#], x# < W);
    }
  }

  let step = B * TILES * IV;
  let out = (id.z * TILES + tile) * IV + i;
  let first = select(2 * pair - 1, 0, pair == 0) * 6 * step;
  let second = select(2 * pair, 5, pair == 0) * 6 * step;
  let a# = select(e# + o#, e#, pair == 0);
  let b# = select(e# - o#, o#, pair == 0);
  write(out + first, step, a0, a1, a2, a3, a4, a5);
  write(out + second, step, b0, b1, b2, b3, b4, b5);
}

// Multiplies a row of Bᵀ d by B, with the same sums along the row, and writes it.
fn write(at: u32, step: u32, t0: vec4f, t1: vec4f, t2: vec4f, t3: vec4f, t4: vec4f, t5: vec4f) {
  v[at] = 4 * t0 - 5 * t2 + t4;
  v[at + step] = (t4 - 4 * t2) + (t3 - 4 * t1);
  v[at + 2 * step] = (t4 - 4 * t2) - (t3 - 4 * t1);
  v[at + 3 * step] = (t4 - t2) + 2 * (t3 - t1);
  v[at + 4 * step] = (t4 - t2) - 2 * (t3 - t1);
  v[at + 5 * step] = 4 * t1 - 5 * t3 + t5;
}
