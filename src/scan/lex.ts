/** A byte-accurate C lexer: every character of the text is in one token, comment, directive, or is white space. */
import type { Span } from '../base/span.ts';
import { BLANK, isWord, isWordStart } from './characters.ts';
import {
  directiveName,
  isLineStart,
  skipBlockComment,
  skipDirective,
  skipLineComment,
  skipQuoted,
  spliceLength,
} from './skip.ts';

/** One preprocessing token outside directives. A stray byte is a punctuator of length one. */
export interface Token extends Span {
  readonly kind: 'identifier' | 'number' | 'string' | 'char' | 'punctuator';
}

/** A preprocessor line: the whole logical line, from `#`, without the final newline. */
export interface Directive extends Span {
  /** `if`, `else`, `define`; empty for a bare `#`. */
  readonly name: string;
}

export type Comment = Span;

export interface Lexed {
  /** In source order, without those inside directives. */
  readonly tokens: readonly Token[];
  readonly directives: readonly Directive[];
  /** Without those inside directives. */
  readonly comments: readonly Comment[];
}

/** Lexes `text[start, end)`; `start` must not lie inside a token, comment or directive. */
export function lex(text: string, start = 0, end = text.length): Lexed {
  const tokens: Token[] = [];
  const directives: Directive[] = [];
  const comments: Comment[] = [];
  for (let at = start; at < end;) {
    const c = text.charCodeAt(at);
    if (BLANK[c] === 1) {
      at++;
      continue;
    }
    const splice = spliceLength(text, at);
    if (splice > 0) {
      at = Math.min(at + splice, end);
    } else if (c === 47 && isCommentStart(text, at, end)) {
      const stop = skipComment(text, at, end);
      comments.push({ start: at, end: stop });
      at = stop;
    } else if (c === 35 && isLineStart(text, at, start)) {
      const stop = skipDirective(text, at, end);
      directives.push({ name: directiveName(text, at, stop), start: at, end: stop });
      at = stop;
    } else {
      const token = tokenAt(text, at, end);
      tokens.push(token);
      at = token.end;
    }
  }
  return { tokens, directives, comments };
}

function isCommentStart(text: string, at: number, end: number): boolean {
  const next = text.charCodeAt(at + 1);
  return at + 1 < end && (next === 42 || next === 47);
}

function skipComment(text: string, at: number, end: number): number {
  return text.charCodeAt(at + 1) === 42 ? skipBlockComment(text, at, end) : skipLineComment(text, at, end);
}

function tokenAt(text: string, at: number, end: number): Token {
  const c = text.charCodeAt(at);
  if (isWordStart(c)) return wordOrPrefixedLiteral(text, at, end);
  if (isDigit(c) || (c === 46 && at + 1 < end && isDigit(text.charCodeAt(at + 1)))) {
    return { kind: 'number', start: at, end: skipNumber(text, at, end) };
  }
  if (c === 34 || c === 39) return { kind: c === 34 ? 'string' : 'char', start: at, end: skipQuoted(text, at, end) };
  return { kind: 'punctuator', start: at, end: Math.min(at + punctuatorLength(text, at), end) };
}

function wordOrPrefixedLiteral(text: string, at: number, end: number): Token {
  const stop = skipWord(text, at, end);
  const next = stop < end ? text.charCodeAt(stop) : 0;
  const isPrefix = (next === 34 || next === 39) && stop - at <= 2 && isLiteralPrefix(text.slice(at, stop));
  if (!isPrefix) return { kind: 'identifier', start: at, end: stop };
  return { kind: next === 34 ? 'string' : 'char', start: at, end: skipQuoted(text, stop, end) };
}

function isLiteralPrefix(word: string): boolean {
  return word === 'L' || word === 'u' || word === 'U' || word === 'u8';
}

/** An identifier may be cut by a splice: `fo\` newline `o` is one token. */
function skipWord(text: string, at: number, end: number): number {
  let i = at;
  for (;;) {
    while (i < end && isWord(text.charCodeAt(i))) i++;
    const splice = i < end ? spliceLength(text, i) : 0;
    if (splice === 0 || i + splice >= end || !isWord(text.charCodeAt(i + splice))) return i;
    i += splice;
  }
}

/** A preprocessing number: `0x1p-3`, `1e+5f`, `1'000`. */
function skipNumber(text: string, at: number, end: number): number {
  let i = at + 1;
  while (i < end) {
    const c = text.charCodeAt(i);
    const isSign = (c === 43 || c === 45) && isExponent(text.charCodeAt(i - 1)) && !isHexadecimalE(text, at, i - 1);
    const isSeparator = c === 39 && i + 1 < end && isWord(text.charCodeAt(i + 1)) && isWord(text.charCodeAt(i - 1));
    if (!isWord(c) && c !== 46 && !isSign && !isSeparator) return i;
    i++;
  }
  return end;
}

/** `0xE+1` is one preprocessing number by the letter of C and an error; everybody means three tokens. */
function isHexadecimalE(text: string, start: number, at: number): boolean {
  return (text.charCodeAt(at) | 32) === 101 && (text.charCodeAt(start + 1) | 32) === 120;
}

function isExponent(c: number): boolean {
  const lower = c | 32;
  return lower === 101 || lower === 112;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

const LONG_PUNCTUATORS: ReadonlySet<string> = new Set(['<<=', '>>=', '...']);
const PAIRS: ReadonlySet<string> = new Set('-> ++ -- << >> <= >= == != && || += -= *= /= %= &= |= ^= ## ::'.split(' '));

function punctuatorLength(text: string, at: number): number {
  if (LONG_PUNCTUATORS.has(text.slice(at, at + 3))) return 3;
  return PAIRS.has(text.slice(at, at + 2)) ? 2 : 1;
}
