// picture-external: the picture is a video frame in the memory where the browser decoded it, without a copy. The GPU
// converts its YUV to RGB at each load. Such a texture expires at the end of the task that imported it.

@group(1) @binding(0) var picture: texture_external;

fn pictureSize() -> vec2i { return vec2i(textureDimensions(picture)); }
fn pixel(p: vec2i) -> vec3f { return textureLoad(picture, p).rgb; }
