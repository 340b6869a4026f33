// svm-votes: how many of its pairs each class wins. A decision value above 0 is a vote for i, otherwise for j.
//   votes[b,c] = |{ j > c: d[b,cj] > 0 }| + |{ i < c: not d[b,ic] > 0 }|
// Idea     The machine of each pair votes for one of its two classes, and the class with the most votes becomes the
//          label. One invocation counts the votes of one class: it goes through all pairs in their order, and counts
//          those that its class wins. All invocations read the same decision values, but each one writes a number of
//          its own, so they need not wait for each other.
// Layout   d (B,P) · votes (B,CLASSES), whole numbers as f32.
// Threads  one per class, CLASSES for each row; z is the batch.

override CLASSES: u32; override P: u32;

@group(0) @binding(0) var<storage, read> d: array<f32>;
@group(0) @binding(1) var<storage, read_write> votes: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= CLASSES) { return; }
  var count = 0.0;
  var pair = id.z * P;
  for (var i = 0u; i < CLASSES; i++) {
    for (var j = i + 1; j < CLASSES; j++) {
      if (c == select(j, i, d[pair] > 0)) { count += 1; }
      pair++;
    }
  }
  votes[id.z * CLASSES + c] = count;
}
