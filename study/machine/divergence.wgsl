// divergence: much work for odd items, none for even items.
//   y[t] = scramble(x[t] + 1) if x[t] is odd, else x[t] + 1
// Layout   x, y (items).
// Threads  one per item.

override ROUNDS: u32;

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let item = x[id.x];
  var v = item + 1;
  if (item % 2 == 1) {
    for (var i = 0u; i < ROUNDS; i++) { // a random-number generator
      v ^= v << 13u;
      v ^= v >> 17u;
      v ^= v << 5u;
    }
  }
  y[id.x] = v;
}
