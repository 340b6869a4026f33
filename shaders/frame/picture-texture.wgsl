// picture-texture: the picture is a texture of the device. It has its own bind group, so that all kernels that read
// a picture share one bind group.

@group(1) @binding(0) var picture: texture_2d<f32>;

fn pictureSize() -> vec2i { return vec2i(textureDimensions(picture)); }
fn pixel(p: vec2i) -> vec3f { return textureLoad(picture, p, 0).rgb; }
