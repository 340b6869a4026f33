// argmax: the index of the largest number of a row, the first of equal numbers (ONNX's ArgMax along the last axis).
//   y[b] = argmax_i x[b,i]
// Idea     The rows of a classifier are scores or votes, and the index of the largest one is the label. Such rows are
//          short, so one invocation searches a whole row, and the 64 invocations of a workgroup search 64 rows at the
//          same time. Only a number that is larger than the best so far replaces it, so the first of equal numbers
//          remains.
// Layout   x (B,I) · y (B), a whole number as f32.
// Threads  one per row; x is the batch.

override B: u32; override I: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let b = id.x;
  if (b >= B) { return; }
  var largest = x[b * I];
  var at = 0u;
  for (var i = 1u; i < I; i++) {
    let v = x[b * I + i];
    if (v > largest) { largest = v; at = i; }
  }
  y[b] = f32(at);
}
