/** The tokens of a piece of source text as the compiler sees them: no blanks, no comments. Reads text, not the tree, so that masked bytes count too. */
import type { Span } from '../../src/base/span.ts';

export interface Token extends Span {
  readonly kind: 'name' | 'number' | 'string' | 'mark';
  readonly text: string;
}

export interface Comment extends Span {
  readonly text: string;
}

export interface Lexed {
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
}

const PIECE =
  /(\s+|\\\r?\n)|(\/\/(?:[^\n\\]|\\[^])*|\/\*[^]*?\*\/)|((?:u8|[uUL])?"(?:[^"\\\n]|\\[^])*"|[uUL]?'(?:[^'\\\n]|\\[^])*')|([A-Za-z_$\x80-\xff][\w$\x80-\xff]*)|(\.?\d(?:[eEpP][-+]|[\w.])*)|(->|\+\+|--|<<=?|>>=?|[-+*/%&|^!=<>]=|&&|\|\||##|\.\.\.|[^])/gy;

/** Tokens and comments of `[start, end)`. */
export function lexSpan(source: string, start: number, end: number): Lexed {
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  const pattern = new RegExp(PIECE.source, 'gy');
  pattern.lastIndex = start;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const match = pattern.exec(source);
    if (!match) break;
    const text = match[0];
    const span = { text, start: at, end: at + text.length };
    if (match[2] !== undefined)
      comments.push({ ...span, text: text.replace(/\r$/, ''), end: at + text.replace(/\r$/, '').length });
    else if (match[3] !== undefined) tokens.push({ ...span, kind: 'string' });
    else if (match[4] !== undefined) tokens.push({ ...span, kind: 'name' });
    else if (match[5] !== undefined) tokens.push({ ...span, kind: 'number' });
    else if (match[6] !== undefined) tokens.push({ ...span, kind: 'mark' });
  }
  return { tokens, comments };
}

/** True for the token that names a field: what follows `.` or `->`. */
export function isFieldName(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text;
  return before === '.' || before === '->';
}
