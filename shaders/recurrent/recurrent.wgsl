// recurrent: the steps of ONNX's RNN, GRU and LSTM, given the products of the inputs, xw = W x + bias, from `dense`.
//   With g(v) = xw_g + sum_k R[g,j,k] v[k], for each unit j of the state h:
//   KIND 0  RNN: h = act( g0(h) ), act is tanh or Relu
//        1  GRU: z = sigmoid( g0(h) )  r = sigmoid( g1(h) )  n = tanh( g2(r h) )  h = (1 - z) n + z h
//           LINEAR: n = tanh( xw_2 + r (sum_k R[2,j,k] h[k] + e) )
//        2  LSTM: i = sigmoid( g0(h) + e0 c )  f = sigmoid( g2(h) + e2 c )  c = f c + i tanh( g3(h) )
//           o = sigmoid( g1(h) + e1 c )  h = o tanh( c )
// Idea     Each step needs the state of the step before, so the steps of a sequence cannot run at the same time. But
//          the units of a step can, and so can items and directions; and the products of the inputs need no state, so
//          dense computes them before, for all steps at once. A workgroup keeps one item's state in workgroup memory,
//          because its lanes need all of it in every step. The new state first goes to `next`, and after a barrier to
//          `hidden`, so that no lane overwrites a number that another lane still needs.
// Layout   xw (T,B,D,G,H) · r (D,H,G,H): the last axis is j, the second k · e (D,E,H), in ONNX's order i, o, f ·
//          h0, c0 (D,B,H) · y: (T,D,B,H), then the last h (D,B,H), then the last c (D,B,H).
// Threads  a workgroup for an item and a direction: lanes stride over the units.

override T: u32; override B: u32; override D: u32; override H: u32; override G: u32;
override KIND: u32;
override LINEAR: bool; override RELU: bool;
override REVERSE: u32; // 1: the first direction goes back in time; a second one always does

@group(0) @binding(0) var<storage, read> xw: array<f32>;
@group(0) @binding(1) var<storage, read> r: array<f32>;
@group(0) @binding(2) var<storage, read> e: array<f32>;
@group(0) @binding(3) var<storage, read> h0: array<f32>;
@group(0) @binding(4) var<storage, read> c0: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

var<workgroup> hidden: array<f32, 1024>;
var<workgroup> cell: array<f32, 1024>; // c of LSTM, z of GRU
var<workgroup> next: array<f32, 1024>;

// Clamped: exp must not overflow, and tanh is wrong for large numbers on some drivers.
fn sigmoid(v: f32) -> f32 { return 1 / (1 + exp(-clamp(v, -80.0, 80.0))); }
fn bent(v: f32) -> f32 { return tanh(clamp(v, -15.0, 15.0)); }

/** sum_k R[gate,j,k] h[k] */
fn product(d: u32, gate: u32, j: u32) -> f32 {
  var sum = 0.0;
  for (var k = 0u; k < H; k++) { sum += r[((d * H + k) * G + gate) * H + j] * hidden[k]; }
  return sum;
}

fn lstm(row: u32, d: u32, j: u32) -> f32 {
  let c = cell[j];
  let p = d * 3 * H + j;
  let i = sigmoid(xw[row + j] + product(d, 0, j) + e[p] * c);
  let f = sigmoid(xw[row + 2 * H + j] + product(d, 2, j) + e[p + 2 * H] * c);
  let now = f * c + i * bent(xw[row + 3 * H + j] + product(d, 3, j));
  cell[j] = now;
  return sigmoid(xw[row + H + j] + product(d, 1, j) + e[p + H] * now) * bent(now);
}

fn rnn(row: u32, d: u32, j: u32) -> f32 {
  let v = xw[row + j] + product(d, 0, j);
  return select(bent(v), max(v, 0.0), RELU);
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = group.x;
  let d = group.y;
  let own = (d * B + b) * H;
  for (var j = lane; j < H; j += 256) {
    hidden[j] = h0[own + j];
    cell[j] = c0[own + j];
  }
  for (var step = 0u; step < T; step++) {
    let t = select(step, T - 1 - step, d + REVERSE == 1);
    let row = ((t * B + b) * D + d) * G * H;
    workgroupBarrier();
    if (KIND == 1) {
      for (var j = lane; j < H; j += 256) {
        cell[j] = sigmoid(xw[row + j] + product(d, 0, j));
        let reset = sigmoid(xw[row + H + j] + product(d, 1, j));
        if (LINEAR) {
          let n = bent(xw[row + 2 * H + j] + reset * (product(d, 2, j) + e[d * H + j]));
          next[j] = (1 - cell[j]) * n + cell[j] * hidden[j];
        } else {
          next[j] = reset * hidden[j];
        }
      }
      if (!LINEAR) {
        // The state is exchanged for r h, of which the products are taken, and the state is kept in `next`.
        workgroupBarrier();
        for (var j = lane; j < H; j += 256) {
          let h = hidden[j];
          hidden[j] = next[j];
          next[j] = h;
        }
        workgroupBarrier();
        for (var j = lane; j < H; j += 256) {
          let n = bent(xw[row + 2 * H + j] + product(d, 2, j));
          next[j] = (1 - cell[j]) * n + cell[j] * next[j];
        }
      }
    } else {
      for (var j = lane; j < H; j += 256) {
        if (KIND == 2) { next[j] = lstm(row, d, j); } else { next[j] = rnn(row, d, j); }
      }
    }
    workgroupBarrier();
    for (var j = lane; j < H; j += 256) {
      hidden[j] = next[j];
      y[((t * D + d) * B + b) * H + j] = next[j];
    }
  }
  for (var j = lane; j < H; j += 256) {
    y[T * D * B * H + own + j] = hidden[j];
    y[(T + 1) * D * B * H + own + j] = select(0.0, cell[j], KIND == 2);
  }
}
