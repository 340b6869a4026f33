// race: every invocation adds 1 to the same number. It is wrong.
//   y[0] = y[0] + 1
// Layout   y (1).
// Threads  as many as are counted, in workgroups of 64.

@group(0) @binding(0) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main() {
  // Read, add, write. Others read the same old value in between.
  y[0] = y[0] + 1;
}
