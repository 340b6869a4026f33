import type { Kernel } from '../shaders/plan/plan';

const withoutComments = (code: string): string => code.replace(/\/\/.*/g, '');

/**
 * What is wrong with a module for naga (Firefox, Deno) or WebKit, although WGSL allows it: a workgroup array whose size
 * is not a plain number, or a snippet that comes after the kernel.
 */
export function faultsOf({ files }: Kernel): string[] {
  const faults = files.flatMap(({ name, code }) =>
    [...withoutComments(code).matchAll(/var<workgroup>\s*(\w+)\s*:\s*([^;]+);/g)]
      .filter(([, , type]) => type.includes('array') && !/^array<[\w<>]+,\s*\d+>$/.test(type.trim()))
      .map(([, variable, type]) => `${name}: the size of ${variable} is not a number: ${type}`),
  );
  files.forEach(({ name, code }, at) => {
    if (withoutComments(code).includes('@compute') !== (at === files.length - 1))
      faults.push(`${name}: the kernel must be the last file, and the only one with an entry point`);
  });
  return faults;
}
