// atomic-add: every invocation adds 1 to the same number.
//   y[0] = y[0] + 1, as one step
// Layout   y (1).
// Threads  as many as are counted, in workgroups of 64.

@group(0) @binding(0) var<storage, read_write> y: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main() {
  atomicAdd(&y[0], 1);
}
