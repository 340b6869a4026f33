// picture-external: the picture is a frame of a video where the browser decoded it; nothing is copied. The GPU turns
// its YUV into RGB at each load. Such a texture dies with the task that imported it.

@group(1) @binding(0) var picture: texture_external;

fn pictureSize() -> vec2i { return vec2i(textureDimensions(picture)); }
fn pixel(p: vec2i) -> vec3f { return textureLoad(picture, p).rgb; }
