/**
 * Writes the values of overrides into the text: `override ROWS: u32;` becomes `const ROWS: u32 = 4;`. The size of each
 * workgroup array, a product of these names and numbers, becomes a plain number. An array whose size is an expression
 * of overrides crashes naga (Firefox, Deno) when another override follows it, and is reported to get a wrong size in
 * WebKit.
 * @throws if the size of a workgroup array needs a name that `values` does not contain
 */
export function fix(code: string, values: Readonly<Record<string, number>>): string {
  const factorValue = (factor: string): number => {
    const value = /^\d+u?$/.test(factor) ? Number.parseInt(factor, 10) : values[factor];
    if (value === undefined)
      throw new Error(`the size of a workgroup array needs ${factor}, which has no value`);
    return value;
  };
  return code
    .replace(/override (\w+): u32;/g, (declaration, name) =>
      name in values ? `const ${name}: u32 = ${values[name]};` : declaration,
    )
    .replace(/(var<workgroup> \w+: array<\w+, )([^>]+)>/g, (_, start, size: string) => {
      const factors = size.split('*').map((factor) => factorValue(factor.trim()));
      return `${start}${factors.reduce((product, factor) => product * factor, 1)}>`;
    });
}
