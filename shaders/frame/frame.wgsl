// After    picture-texture.wgsl or picture-external.wgsl: pixel()
// frame: cuts faces (or the whole picture) out of a picture, turned, scaled and normalised for a CNN.
//   y[b,oy,ox,c] = SCALE mean_{taps} picture( T[b] (ox + u, oy + v) )[c] + OFFSET
//   T maps positions in y to positions in the picture, both in pixels whose centres are at .5. Taps are n x n points
//   (u,v) spread over a pixel of y. n = ceil(width in pixels of the picture that a pixel of y covers). Each tap
//   is interpolated between four pixels.
//   GREY: channel 0 is the average (R + G + B) / 3, and the other channels are 0.
//   BLACK: outside the picture the value is 0 instead of the nearest pixel's.
// Idea     Cutting out, turning, scaling and normalising are one step, so that no picture is written in between. Each
//          invocation starts from its pixel of y, computes where that pixel lies in the picture, and takes the colour
//          there; so every pixel of y is written exactly once, however the crop is turned. A pixel of y that covers
//          several pixels of the picture is the mean of n x n taps, because a single tap would miss fine patterns or
//          turn them into false ones (aliasing).
// Layout   picture (width,height) of rgba, read with picture-texture or picture-external · crops (B): two rows
//          (a, b, t, n) with T = (a ox + b oy + t) · y (B,H,W,4), the last channels 0.
// Threads  one per pixel of y; z is the batch.

override H: u32; override W: u32;
override SCALE: f32; override OFFSET: f32;
override GREY: bool; override BLACK: bool;

struct Crop { x: vec4f, y: vec4f }

@group(0) @binding(0) var<storage, read> crops: array<Crop>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

// Interpolated here and not by a sampler, whose fractions have only 8 bits.
fn sample(p: vec2f) -> vec3f {
  let size = pictureSize();
  if (BLACK && (any(p < vec2f(0)) || any(p > vec2f(size)))) { return vec3f(0); }
  let q = clamp(p - 0.5, vec2f(0), vec2f(size - 1));
  let low = vec2i(q);
  let high = min(low + 1, size - 1);
  let f = q - vec2f(low);
  let top = mix(pixel(low), pixel(vec2i(high.x, low.y)), f.x);
  let bottom = mix(pixel(vec2i(low.x, high.y)), pixel(high), f.x);
  return mix(top, bottom, f.y);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= W || id.y >= H) { return; }
  let crop = crops[id.z];
  let n = u32(crop.x.w);
  var sum = vec3f(0);
  for (var v = 0u; v < n; v++) {
    for (var u = 0u; u < n; u++) {
      let o = vec3f(vec2f(id.xy) + (vec2f(f32(u), f32(v)) + 0.5) / f32(n), 1);
      sum += sample(vec2f(dot(crop.x.xyz, o), dot(crop.y.xyz, o)));
    }
  }
  let colour = sum / f32(n * n);
  let grey = (colour.r + colour.g + colour.b) / 3;
  y[(id.z * H + id.y) * W + id.x] =
    select(vec4f(SCALE * colour + OFFSET, 0), vec4f(SCALE * grey + OFFSET, 0, 0, 0), GREY);
}
