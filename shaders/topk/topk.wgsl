// topk: the K largest or smallest numbers along an axis, or their indices, in order (ONNX's TopK).
//   y[b,o,k,n] = the k-th of x[b,o,0..N-1,n]; of equal numbers, the one with the lower index comes first
//   LARGEST: the largest comes first, else the smallest. INDICES: y contains the indices, else the numbers.
// Idea     For a small K, sorting all numbers would be more work than necessary. A workgroup searches in K rounds
//          instead: in each round, its lanes go through the axis, find the first number after that of the round before,
//          and compare in a tree. Equal numbers are ordered by their indices, so no two numbers have the same place in
//          this order. The last number and its index are therefore enough to continue, and no number has to be marked
//          or moved.
// Layout   x (B,OUTER,N,INNER) · y (B,OUTER,K,INNER).
// Threads  one workgroup per (o,n): its lanes stride over the axis; z is the batch.

override OUTER: u32; override N: u32; override INNER: u32; override K: u32;
override LARGEST: bool; override INDICES: bool;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

var<workgroup> values: array<f32, 64>;
var<workgroup> places: array<u32, 64>;  // N: the lane found nothing

// Whether the number v at index i comes before w at index j.
fn isBefore(v: f32, i: u32, w: f32, j: u32) -> bool {
  if (v == w) { return i < j; }
  if (LARGEST) { return v > w; }
  return v < w;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x; // workgroups are folded into rows (plan.ts)
  if (row >= OUTER * INNER) { return; }
  let o = group.z * OUTER + row / INNER;
  let n = row % INNER;

  var lastValue = 0.0;
  var lastPlace = 0u;
  for (var k = 0u; k < K; k++) {
    var value = 0.0;
    var place = N;
    for (var i = lane; i < N; i += 64) {
      let v = x[(o * N + i) * INNER + n];
      let isLater = k == 0 || isBefore(lastValue, lastPlace, v, i);
      if (isLater && (place == N || isBefore(v, i, value, place))) { value = v; place = i; }
    }
    values[lane] = value;
    places[lane] = place;
    for (var half = 32u; half > 0; half /= 2) {
      workgroupBarrier();
      if (lane < half) {
        let other = lane + half;
        let isFound = places[other] < N;
        if (isFound && (places[lane] == N || isBefore(values[other], places[other], values[lane], places[lane]))) {
          values[lane] = values[other];
          places[lane] = places[other];
        }
      }
    }
    workgroupBarrier();
    lastValue = values[0];
    lastPlace = places[0];
    workgroupBarrier();
    if (lane == 0) {
      y[(o * K + k) * INNER + n] = select(lastValue, f32(min(lastPlace, N - 1)), INDICES);
    }
  }
}
