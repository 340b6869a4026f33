// After    residual.wgsl: residual() · activation.wgsl: activate()
// winograd-shared: a 3x3 convolution of stride 1 with 4/9 of the multiplications, in one dispatch.
//   Winograd's F(2x2,3x3), the smaller of the two that Lavin and Gray (2015) describe:
//   y = Aᵀ [ (G g Gᵀ) ∘ (Bᵀ d B) ] A,  2x2 pixels of y from the 4x4 pixels d of x, g: the 3x3 weights.
//   Meant for GPUs, and not measured on a GPU yet. Software adapters only emulate workgroup memory, so they do not use
//   this kernel.
//   A line with # in it is repeated four times, for the tiles # = 0, 1, 2, 3 of a thread (repeat.ts).
// Idea     Where winograd-input, winograd-product and winograd-output need three dispatches, one workgroup here does
//          all three steps, for 16 tiles x 16 output channels. Nothing is written to storage in between, and 2x2 tiles
//          are nearly as exact as the sum itself. For every four input channels, the invocations write 16 transformed
//          tiles to workgroup memory, and multiply them. Workgroup memory has two areas for this, which take turns, so
//          that one barrier a round is enough.
// Layout   x (B,H,W,I4) · u (O16/16,I4/4,4 fours of outputs,4 inputs,16 numbers) of vec4f: four outputs
//          · bias (O16) · z as in residual.wgsl · y (B,HO,WO,O4).
// Threads  workgroups x: 16 tiles of the T of the whole batch; y: 16 output channels. In a workgroup, a thread computes
//          in turn: a row of Bᵀ d of a tile; one of the 16 numbers of four tiles; a pixel of y of a tile.

override T: u32; override I: u32; override H: u32; override W: u32;
override O: u32; override HO: u32; override WO: u32;
override TILES_H: u32; override TILES_W: u32;
override PAD_TOP: u32; override PAD_LEFT: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> u: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
const Z = 3; // the binding of z, which residual.wgsl declares
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

var<workgroup> numbers: array<vec4f, 512>; // two areas of 16 numbers x 16 tiles

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let IV = (I + 3) / 4;
  let tile = lane / 4;
  let number = lane % 16;
  let tiles = lane / 16 * 4;

  // Row r of Bᵀ d is a row of d, plus or minus another row. Above or left of the picture the unsigned difference wraps
  // to a huge number, so one test is enough.
  let r = lane % 4;
  let t = min(group.x * 16 + tile, T - 1);
  let top = t / TILES_W % TILES_H * 2 - PAD_TOP;
  let left = t % TILES_W * 2 - PAD_LEFT;
  let one = top + select(select(0u, 1, r == 1 || r == 3), 2, r == 2);
  let other = top + select(select(2u, 1, r == 2), 3, r == 3);
  let sign = select(-1f, 1f, r == 1);
  let picture = t / (TILES_W * TILES_H) * H;
  let oneRow = (picture + min(one, H - 1)) * W;
  let otherRow = (picture + min(other, H - 1)) * W;
  let column# = left + #;

  var a# = vec4f(); var b# = vec4f(); var c# = vec4f(); var d# = vec4f();
  for (var i = 0u; i < IV; i++) {
    let place = i % 2 * 256;
    let p# = select(vec4f(), x[(oneRow + min(column#, W - 1)) * IV + i], one < H && column# < W);
    let q# = select(vec4f(), x[(otherRow + min(column#, W - 1)) * IV + i], other < H && column# < W);
    let s# = p# + sign * q#;
    let at = place + r * 64 + tile;
    numbers[at] = s0 - s2;
    numbers[at + 16] = s1 + s2;
    numbers[at + 32] = s2 - s1;
    numbers[at + 48] = s1 - s3;
    workgroupBarrier();

    let v# = numbers[place + number * 16 + tiles + #];
    let w = (group.y * IV + i) * 256 + number;
    let wa = mat4x4f(u[w], u[w + 16], u[w + 32], u[w + 48]);
    a# += wa * v#;
    let wb = mat4x4f(u[w + 64], u[w + 80], u[w + 96], u[w + 112]);
    b# += wb * v#;
    let wc = mat4x4f(u[w + 128], u[w + 144], u[w + 160], u[w + 176]);
    c# += wc * v#;
    let wd = mat4x4f(u[w + 192], u[w + 208], u[w + 224], u[w + 240]);
    d# += wd * v#;
  }

  // The two areas alternate for each group of four outputs too, so that one barrier for each group is enough.
  let place = IV % 2 * 256;
  let mine = number * 16 + tiles;
  numbers[place + mine + #] = a#;
  workgroupBarrier();
  write(group, lane, 0, place);
  numbers[256 - place + mine + #] = b#;
  workgroupBarrier();
  write(group, lane, 1, 256 - place);
  numbers[place + mine + #] = c#;
  workgroupBarrier();
  write(group, lane, 2, place);
  numbers[256 - place + mine + #] = d#;
  workgroupBarrier();
  write(group, lane, 3, 256 - place);
}

// Writes a pixel of Aᵀ m A, for a group of four output channels. Aᵀ's rows are 1, 1, 1, 0 and 0, 1, -1, -1.
fn write(group: vec3u, lane: u32, four: u32, place: u32) {
  let OV = (O + 3) / 4;
  let o = group.y * 4 + four;
  let t = group.x * 16 + lane / 4;
  let down = lane / 2 % 2;
  let right = lane % 2;
  let oy = t / TILES_W % TILES_H * 2 + down;
  let ox = t % TILES_W * 2 + right;
  if (t >= T || o >= OV || oy >= HO || ox >= WO) { return; }
  let across = select(1f, -1f, right == 1);
  var sum = vec4f();
  for (var k = 0u; k < 3; k++) {
    let m = place + ((k + down) * 4 + right) * 16 + lane / 4;
    let row = numbers[m] + across * (numbers[m + 16] + numbers[m + 32]);
    sum += select(1f, -1f, down == 1 && k > 0) * row;
  }
  let pixel = (t / (TILES_W * TILES_H) * HO + oy) * WO + ox;
  y[pixel * OV + o] = activate(sum + bias[o] + residual(pixel, o));
}
