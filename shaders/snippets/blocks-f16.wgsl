// blocks-f16: the blocks of blocks-f32, in f16. Used only where every weight is exactly a number of f16: nothing is
// lost, and the kernel reads half as many bytes. The kernels still multiply and add in f32.
enable f16;
alias Block = mat4x4h;
