import { usageError, wholeNumber } from './command';

/** Parses the values of --dim. @throws UsageError if one is not NAME=SIZE */
export function sizesOf(texts: readonly string[], usage: string): Record<string, number> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.lastIndexOf('=');
      if (at < 1) throw usageError(`--dim ${text}: it must be NAME=SIZE, such as height=320`, usage);
      return [text.slice(0, at), wholeNumber(`--dim ${text.slice(0, at)}`, text.slice(at + 1), 1)];
    }),
  );
}
