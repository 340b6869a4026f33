// blocks-f32: how a kernel's weights are stored, as blocks of 4 x 4 numbers of f32. This file is placed before the
// kernels that use the type Block.
alias Block = mat4x4f;
