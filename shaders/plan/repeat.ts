/**
 * Writes each line of WGSL that contains a # outside a comment `times` times, and replaces every # by 0, 1, .. in turn.
 * The copies stay on one line, so that errors keep their line numbers. Such a line must not end with a comment. Kernels
 * use the resulting numbered variables instead of an array, because many drivers do not keep an array in registers when
 * a loop indexes it.
 */
export function repeat(code: string, times: number): string {
  return code
    .split('\n')
    .map((line) => {
      if (!/^[^/]*#/.test(line)) return line;
      return Array.from({ length: times }, (_, i) => line.replaceAll('#', String(i))).join(' ');
    })
    .join('\n');
}
