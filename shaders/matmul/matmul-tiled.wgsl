// After    activation.wgsl: activate()
// matmul-tiled: matmul in tiles of 32x32 numbers of y.
// Idea     In matmul, each number of y loads a whole row of x and a whole column of w, so neighbours load the same
//          numbers again. Here a workgroup brings 32x16 numbers of x and 16x32 of w into workgroup memory, uses each of
//          them for 32 numbers of y, and goes on to the next 16 terms of the sums. An invocation keeps 4x4 numbers of y
//          in registers, so that two vec4f from workgroup memory serve 16 multiply-adds. One barrier waits until the
//          numbers are loaded, and another until all invocations have used them.
// Layout   as in matmul.
// Threads  8x8 for a tile; x counts tiles of columns; y counts tiles of rows in all groups; z is the batch.

override M: u32; override I: u32; override O: u32;
override G1: u32; override G2: u32; override G: u32;
override XB: u32; override XG0: u32; override XG1: u32; override XG2: u32; override XM: u32; override XI: u32;
override WB: u32; override WG0: u32; override WG1: u32; override WG2: u32; override WI: u32; override WO: u32;
override CB: u32; override CM: u32; override CO: u32;
override FACTOR: f32; override C_FACTOR: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

var<workgroup> xTile: array<vec4f, 128>;  // (16 i, 8 times 4 rows)
var<workgroup> wTile: array<vec4f, 128>;  // (16 i, 8 times 4 columns)

fn readX(at: u32, m: u32, i: u32) -> f32 {
  if (m < M && i < I) { return x[at + m * XM + i * XI]; }
  return 0.0;
}

fn readW(at: u32, i: u32, o: u32) -> f32 {
  if (o < O && i < I) { return weight[at + i * WI + o * WO]; }
  return 0.0;
}

fn write(b: u32, g: u32, m: u32, o: u32, sum: vec4f) {
  if (m >= M) { return; }
  for (var k = 0u; k < 4; k++) {
    if (o + k < O) {
      let v = FACTOR * sum[k] + C_FACTOR * c[b * CB + m * CM + (o + k) * CO];
      y[((b * G + g) * M + m) * O + o + k] = activate(vec4f(v)).x;
    }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tiles = (M + 31) / 32;
  let g = group.y / tiles;
  let axes = vec3u(g / G2 / G1, g / G2 % G1, g % G2);
  let xAt = group.z * XB + dot(axes, vec3u(XG0, XG1, XG2));
  let wAt = group.z * WB + dot(axes, vec3u(WG0, WG1, WG2));
  let top = group.y % tiles * 32;
  let left = group.x * 32;
  let row = lane / 8;
  let column = lane % 8;

  var sum0 = vec4f(0);
  var sum1 = vec4f(0);
  var sum2 = vec4f(0);
  var sum3 = vec4f(0);
  for (var first = 0u; first < I; first += 16) {
    for (var e = lane; e < 128; e += 64) {
      let xi = first + e % 16;
      let m = top + e / 16 * 4;
      xTile[e % 16 * 8 + e / 16] =
        vec4f(readX(xAt, m, xi), readX(xAt, m + 1, xi), readX(xAt, m + 2, xi), readX(xAt, m + 3, xi));
      let wi = first + e / 8;
      let o = left + e % 8 * 4;
      wTile[e] = vec4f(readW(wAt, wi, o), readW(wAt, wi, o + 1), readW(wAt, wi, o + 2), readW(wAt, wi, o + 3));
    }
    workgroupBarrier();
    for (var i = 0u; i < 16; i++) {
      let xs = xTile[i * 8 + row];
      let ws = wTile[i * 8 + column];
      sum0 += xs.x * ws;
      sum1 += xs.y * ws;
      sum2 += xs.z * ws;
      sum3 += xs.w * ws;
    }
    workgroupBarrier();
  }
  let m = top + row * 4;
  let o = left + column * 4;
  write(group.z, g, m, o, sum0);
  write(group.z, g, m + 1, o, sum1);
  write(group.z, g, m + 2, o, sum2);
  write(group.z, g, m + 3, o, sum3);
}
