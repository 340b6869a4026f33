/** Splits WGSL into tokens, to colour it. */

/** What a token is. `call` is a name in front of a parenthesis; `text` is all that remains. */
export type TokenKind = 'comment' | 'keyword' | 'type' | 'attribute' | 'number' | 'call' | 'name' | 'text';

/** A piece of the text; all pieces together are the text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const KEYWORDS =
  'alias break case const const_assert continue continuing default diagnostic discard else enable false fn for if let loop override requires return struct switch true var while';
const TYPES =
  'array atomic bool f16 f32 i32 mat[2-4]x[2-4][fh]? ptr sampler texture_\\w+ u32 vec[2-4][fhiu]? function private read read_write storage uniform workgroup write';

/** In this order: the first kind that matches is the kind of the token. Blocks of comments may not be nested. */
const PATTERNS: readonly (readonly [TokenKind, string])[] = [
  ['comment', String.raw`//[^\n]*|/\*[^]*?(?:\*/|$)`],
  ['attribute', String.raw`@\w+`],
  [
    'number',
    String.raw`\b(?:0[xX][\da-fA-F.]+(?:[pP][+-]?\d+)?|\d+\.?\d*(?:[eE][+-]?\d+)?)[fhiu]?\b|\.\d+[fh]?`,
  ],
  ['keyword', String.raw`\b(?:${KEYWORDS.replaceAll(' ', '|')})\b`],
  ['type', String.raw`\b(?:${TYPES.replaceAll(' ', '|')})\b`],
  ['call', String.raw`\b[A-Za-z_]\w*(?=\s*\()`],
  ['name', String.raw`\b[A-Za-z_]\w*`],
];

const TOKEN = new RegExp(PATTERNS.map(([, pattern]) => `(${pattern})`).join('|'), 'g');

/** The tokens of a text of WGSL, whether or not it is correct. */
export function tokensOf(code: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of code.matchAll(TOKEN)) {
    if (match.index > end) tokens.push({ kind: 'text', text: code.slice(end, match.index) });
    const kind = PATTERNS[match.slice(1).findIndex((group) => group !== undefined)][0];
    tokens.push({ kind, text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < code.length) tokens.push({ kind: 'text', text: code.slice(end) });
  return tokens;
}
