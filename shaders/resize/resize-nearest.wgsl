// resize-nearest: each pixel of y is one of x (ONNX's Resize, mode nearest).
//   y[b,oy,ox,c] = x[b, rows[oy], columns[ox], c]
// Idea     ONNX has five ways to map coordinates and four to round them. The CPU computes them once, into rows and
//          columns, so this kernel serves all of them: an invocation looks up one row and one column, and copies four
//          channels of that pixel.
// Layout   x (B,H,W,C4) · rows (HO) · columns (WO) · y (B,HO,WO,C4).
// Threads  one per vec4f of y; z is the batch.

override C: u32;
override H: u32; override W: u32; override HO: u32; override WO: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> rows: array<u32>;
@group(0) @binding(2) var<storage, read> columns: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let CV = (C + 3) / 4;
  let at = id.x + id.y * groups.x * 64; // workgroups are folded into rows (plan.ts)
  if (at >= HO * WO * CV) { return; }
  let iy = rows[at / CV / WO];
  let ix = columns[at / CV % WO];
  y[id.z * HO * WO * CV + at] = x[((id.z * H + iy) * W + ix) * CV + at % CV];
}
