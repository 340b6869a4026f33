import type { Kernel } from '../plan/plan';
import code from './enable-subgroups.wgsl?raw';

/** The kernel, which uses subgroups: WGSL requires the directive at the start of a module. */
export const withSubgroups = ({ name, files }: Kernel): Kernel => ({
  name,
  files: [{ name: 'enable-subgroups.wgsl', code }, ...files],
});

/** Lanes of a workgroup whose quads share weights: fewer where most of a larger workgroup would have no tile. */
export const lanesFor = (tiles: number): number => (tiles >= 128 ? 32 : 8);
