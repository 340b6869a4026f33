// enable-subgroups: WGSL wants directives at the start of a module. Joined before the kernels that use subgroups.
enable subgroups;
