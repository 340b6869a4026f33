/**
 * Repeats each line of WGSL in which a # stands outside a comment: `times` times, with 0, 1, .. in the place of every #.
 * The copies share a line, so that errors keep their line numbers; such a line can have no comment behind it. Named
 * numbers take the place of an array, which an index in a loop would move out of the registers.
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
