// dispatch: each invocation writes down which one it is.
//   y[row,column] = its number and its three ids
// Layout   y (8,8) of Cell, row-major.
// Threads  one per cell, in workgroups of 4 x 4.

struct Cell {
  global: vec3u, // in the whole grid
  number: u32,
  group: vec3u,  // of its workgroup
  lane: u32,
  local: vec3u,  // in its workgroup
}

@group(0) @binding(0) var<storage, read_write> y: array<Cell>;

@compute @workgroup_size(4, 4)
fn main(
  @builtin(global_invocation_id) global: vec3u,
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let number = global.y * 8 + global.x;
  y[number] = Cell(global, number, group, lane, local);
}
