// blocks-f16: the same in halves, for weights that are halves already: nothing is lost, and half as much is read. The
// kernels multiply and add in f32 all the same.
enable f16;
alias Block = mat4x4h;
