import type { Kernel } from '../shaders/plan/plan';

const withoutComments = (code: string): string => code.replace(/\/\/.*/g, '');

/**
 * Returns the faults of a module that WGSL allows but naga (Firefox, Deno) or WebKit rejects: a workgroup array whose
 * size is not a number literal, and a snippet after the kernel.
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
