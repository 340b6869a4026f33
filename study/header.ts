/** Reads a kernel's header: the comment at the beginning of its file. */

/** An operand as the header describes it. */
export interface LayoutPart {
  /** Names of the variables that have this layout. */
  readonly names: readonly string[];
  /** Dimensions, such as `['B', 'H', 'W', 'I4']`. */
  readonly dimensions: readonly string[];
}

/** What a header says. */
export interface Header {
  /** All of it without the slashes. */
  readonly text: string;
  /** The name of the kernel, a colon, and what it computes, in one line. */
  readonly title: string;
  /** Formulas, each in a line. */
  readonly formulas: readonly string[];
  /** The idea, for a reader who sees it for the first time, in at most five sentences. */
  readonly idea: string;
  /** Further sentences, such as the meaning of a name in the formula. */
  readonly notes: readonly string[];
  /** Sentences about measurements, and about GPUs that it is meant for. */
  readonly measured: readonly string[];
  /** How the numbers of each operand lie in memory. */
  readonly layout: string;
  readonly operands: readonly LayoutPart[];
  /** What each invocation does. */
  readonly threads: string;
}

const MEASURED =
  /SwiftShader|\bGPUs? (?:yet|with slow)|Meant for GPUs|not measured|times as fast|faster on|as fast/;
const FORMULA =
  /^ {2,}(?:\d .{1,12})?[A-Za-z]\w*(?:\[[^\]]*\])?(?:\([^)]*\))? (?:=|:) \S|^ {2,}(?:LOG|RELU): |^ {3,}\S/;

/** Splits a text into sentences. */
export const sentencesOf = (text: string): string[] =>
  text
    .split(/(?<=[.!?]\)?) +(?=[A-Z0-9(])/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');

/** The section of a header from a keyword to the next one, in one line. */
function section(lines: readonly string[], keyword: string): string {
  const first = lines.findIndex((line) => line.startsWith(keyword));
  if (first < 0) return '';
  const next = lines.findIndex((line, at) => at > first && /^(?:Idea|Layout|Threads) /.test(line));
  const own = lines.slice(first, next < 0 ? undefined : next);
  return own.map((line, at) => (at ? line : line.slice(keyword.length)).trim()).join(' ');
}

/** Reads `x (B,H,W,I4) · weight (O,I)`. */
function operandsOf(layout: string): LayoutPart[] {
  return layout.split(' · ').flatMap((part) => {
    const match = part.match(/^(\w+(?:(?:,| and) \w+)*)[:,]? \(([^)]*)\)/);
    if (!match) return [];
    return [
      { names: match[1].split(/, | and |,/), dimensions: match[2].split(',').map((text) => text.trim()) },
    ];
  });
}

/** Reads the header of a file. */
export function headerOf(code: string): Header {
  const all = code.split('\n');
  const end = all.findIndex((line) => !line.startsWith('//'));
  const lines = all
    .slice(0, end < 0 ? undefined : end)
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .filter((line) => !line.startsWith('After '));
  const isSection = (line: string) => /^(?:Idea|Layout|Threads) /.test(line);
  const first = lines.findIndex(isSection);
  const [head, ...body] = lines.slice(0, first < 0 ? undefined : first);
  const isFormula = (line: string) => FORMULA.test(line);
  const formulas = body.filter(isFormula).map((line) => line.replace(/^ {2}/, ''));
  const firstFormula = body.findIndex(isFormula);
  const before = firstFormula < 0 ? body : body.slice(0, firstFormula);
  const after = firstFormula < 0 ? [] : body.slice(firstFormula).filter((line) => !isFormula(line));
  const textOf = (some: readonly string[]) => some.map((line) => line.trim()).join(' ');
  const [title, ...more] = sentencesOf(textOf([head, ...before]));
  const sentences = [...more, ...sentencesOf(textOf(after))];
  const layout = section(lines, 'Layout');
  return {
    ...{ text: lines.join('\n'), title, formulas, layout },
    idea: section(lines, 'Idea'),
    // How repeated lines are written is said once for the whole course.
    notes: sentences.filter((sentence) => !MEASURED.test(sentence) && !/#|repeat\.ts|fix\.ts/.test(sentence)),
    measured: [title, ...sentences].filter((sentence) => MEASURED.test(sentence)),
    operands: operandsOf(layout),
    threads: section(lines, 'Threads'),
  };
}

/** What the kernel computes, without its name, as a sentence. The name of another kernel is not capitalised. */
export function aboutOf({ title }: Header): string {
  const text = title.replace(/^[^:]*: /, '');
  return /^\w+[\d-]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
