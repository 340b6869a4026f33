/**
 * Aligns the cells of a table: the first `left` columns to the left, the others to the right. A cell without a heading
 * is printed at the end as it is.
 * @returns one text for the headings and for each row
 */
export function alignedTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  left = 1,
): string[] {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i].length)));
  return [headings, ...rows].map((row) =>
    row
      .map((cell, i) => (i < left ? cell.padEnd(widths[i]) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
