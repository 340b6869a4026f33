// copy-many: copy for arrangements that have five to eight axes after neighbouring axes were merged.
//   y[b YB + Y0 + i·YS] = x[b XB + i·XS - X0]  if LOW <= i < HIGH on every axis, else FILL
// Idea     In copy, the indices of an invocation fill a vec4u, which has room for four axes. Here an invocation divides
//          its number by the length of one axis after the other, the innermost first. Each remainder is the index on
//          that axis, and it is added to both places at once, multiplied by the strides. The line of an axis contains
//          #, and repeat.ts writes it eight times.
// Layout   x and y have strides. Axis 0 is the innermost one here; axes that are not needed are 1 long.
// Threads  one per i; z is the batch.

override D#: u32; override LOW#: u32; override HIGH#: u32; override XS#: i32; override YS#: u32;
override XB: u32; override YB: u32;
override X0: i32; override Y0: u32;
override SIZE: u32;
override FILL: f32;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= SIZE) { return; }
  var rest = at;
  var inside = true;
  var source = i32(id.z * XB) - X0;
  var to = id.z * YB + Y0;
  var i = 0u;
  i = rest % D#; rest /= D#; inside = inside && i >= LOW# && i < HIGH#; source += i32(i) * XS#; to += i * YS#;
  if (inside) { y[to] = x[u32(source)]; } else { y[to] = FILL; }
}
