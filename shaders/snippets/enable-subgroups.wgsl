// enable-subgroups: placed before the kernels that use subgroups. WGSL requires directives at the start of a module.
enable subgroups;
