// workgroups: paints each cell of a picture with its workgroup.
//   y[row,column] = (x, y) of the workgroup
// Layout   y (HEIGHT,WIDTH) of two numbers, row-major.
// Threads  one per cell, in workgroups of SIZE_X x SIZE_Y.

override WIDTH: u32; override HEIGHT: u32;
override SIZE_X: u32; override SIZE_Y: u32;

@group(0) @binding(0) var<storage, read_write> y: array<vec2u>;

@compute @workgroup_size(SIZE_X, SIZE_Y)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) group: vec3u,
) {
  // The bounds test. An invocation outside the picture has no cell.
  if (id.x >= WIDTH || id.y >= HEIGHT) { return; }
  y[id.y * WIDTH + id.x] = group.xy;
}
