// quads: a block of weights that the four invocations of a quad share. Each one loads a column; the others get it without
//   memory. This file is placed before the kernels that call blockOf().
enable subgroups;

fn blockOf(column: vec4f) -> mat4x4f {
  return mat4x4f(
    quadBroadcast(column, 0u),
    quadBroadcast(column, 1u),
    quadBroadcast(column, 2u),
    quadBroadcast(column, 3u),
  );
}
