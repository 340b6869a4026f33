import type { Kernel } from '../plan/plan';
import enableSubgroups from './enable-subgroups.wgsl?raw';
import quads from './quads.wgsl?raw';

const after =
  (file: Kernel['files'][number]) =>
  ({ name, files }: Kernel): Kernel => ({ name, files: [file, ...files] });

/** The kernel, which uses subgroups: WGSL requires the directive at the start of a module. */
export const withSubgroups = after({ name: 'enable-subgroups.wgsl', code: enableSubgroups });

/** The kernel, which calls blockOf(). */
export const withQuads = after({ name: 'quads.wgsl', code: quads });

/** Lanes of a workgroup whose quads share weights: fewer where most of a larger workgroup would have no tile. */
export const lanesFor = (tiles: number): number => (tiles >= 128 ? 32 : 8);
