// grids: computes how many workgroups each later dispatch has, from the number of faces that only the GPU knows.
//   y[s] = table[s].xyz, but the axis of the batch is ceil(table[s][axis] count / items)
// Idea     A dispatch needs a number of workgroups, but how many faces were found is known only on the GPU, and a frame
//          would have to wait if the CPU asked. So the CPU dispatches indirectly: each later dispatch reads its
//          workgroups from y. One invocation computes them for one dispatch: it multiplies the axis of the batch by the
//          count, rounds up to whole workgroups, and copies the other two axes.
// Layout   table (S) of vec4u: workgroups (x, y, z), and axis + 4 items, where axis 3 means none
//          · faces: the count is its first number, as f32 · y (S,3) of u32.
// Threads  one per dispatch.

@group(0) @binding(0) var<storage, read> table: array<vec4u>;
@group(0) @binding(1) var<storage, read> faces: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&table)) { return; }
  let entry = table[id.x];
  let items = entry.w / 4;
  let count = u32(faces[0]);
  for (var axis = 0u; axis < 3; axis++) {
    let some = (entry[axis] * count + items - 1) / items;
    y[id.x * 3 + axis] = select(entry[axis], some, axis == entry.w % 4);
  }
}
