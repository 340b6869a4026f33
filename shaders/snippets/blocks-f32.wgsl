// blocks-f32: how a kernel's weights lie, 4 x 4 numbers of f32. Joined to kernels that name the type Block.
alias Block = mat4x4f;
